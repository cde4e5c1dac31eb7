extension Spelling {
    /// The candidate that the word is most likely a misspelling of; nil when none is near.
    static func suggestion(for word: String, among candidates: some Sequence<String>) -> String? {
        let scored = candidates.map { (distance: distance(word, $0), word: $0) }
        guard let best = scored.min(by: { ($0.distance, $0.word) < ($1.distance, $1.word) }) else { return nil }
        return best.distance <= max(1, min(word.utf8.count, best.word.utf8.count) / 3) ? best.word : nil
    }

    /// `; did you mean "…"?` for the end of a message, or nothing.
    static func hint(for word: String, among candidates: some Sequence<String>) -> String {
        suggestion(for: word, among: candidates).map { "; did you mean \"\($0)\"?" } ?? ""
    }
}
