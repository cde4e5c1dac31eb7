import PluginAPI

/// Finds which cells of two experiments measured the same.
struct CellMatching {
    /// The repetitions of a cell in either experiment, none of them empty or invalid.
    struct Pair {
        var first: [HistoryCell]
        var second: [HistoryCell]
        var isSameContent: Bool
    }

    private(set) var pairs: [Pair] = []
    private(set) var onlyInFirst: [String] = []
    private(set) var onlyInSecond: [String] = []
    /// Invalid cells of either, which are never compared.
    private(set) var invalid: [String] = []

    /// Matches cells: those with the same content and name, then those with the same content, then those with the same name.
    init(_ first: [HistoryCell], _ second: [HistoryCell]) {
        invalid = Set((first + second).filter { $0.verdict == .invalid }.map(\.name)).sorted()
        let (left, right) = (Self.groups(first), Self.groups(second))
        var open = Set(right.indices)
        var waiting = Array(left.indices)
        var partners: [Int: (partner: Int, isSame: Bool)] = [:]
        func match(isSame: Bool, _ token: ([HistoryCell]) -> String) {
            var known: [String: Int] = [:]
            for index in open.sorted(by: >) { known[token(right[index])] = index }
            waiting = waiting.filter { index in
                guard let partner = known.removeValue(forKey: token(left[index])) else { return true }
                partners[index] = (partner, isSame)
                open.remove(partner)
                return false
            }
        }
        match(isSame: true) { "\($0[0].key)\n\($0[0].baseName)" }
        match(isSame: true) { $0[0].key }
        match(isSame: false) { $0[0].baseName }
        pairs = left.indices.compactMap { index in
            partners[index].map { Pair(first: left[index], second: right[$0.partner], isSameContent: $0.isSame) }
        }
        onlyInFirst = waiting.map { left[$0][0].baseName }
        onlyInSecond = open.sorted().map { right[$0][0].baseName }
    }

    /// The cells that count, repetitions together, in the order of their names.
    private static func groups(_ cells: [HistoryCell]) -> [[HistoryCell]] {
        Dictionary(grouping: cells.filter { $0.verdict != .invalid }) { "\($0.baseName)\n\($0.key)" }
            .sorted { $0.key < $1.key }
            .map { $0.value.sorted { $0.repetition < $1.repetition } }
    }
}
