/// The secrets of a driver file: OMB prints its driver's whole configuration, and the console is kept.
struct Secrets {
    private let values: [String]

    /// Finds the secrets in a driver file.
    ///
    /// By line, so that one that is no valid YAML is searched, too: what follows a key that speaks of a secret, and
    /// `data`, which is where Pulsar's driver wants its tokens.
    init(in driver: String) {
        values = driver.split(separator: "\n").compactMap { line in
            guard let colon = line.firstIndex(of: ":") else { return nil }
            let key = line[..<colon].lowercased().filter { $0.isLetter }
            guard key == "data" || Self.words.contains(where: { key.hasSuffix($0) }) else { return nil }
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            let bare = value.reversed().drop { $0 == " " || $0 == "\r" }.reversed()
            var text = String(bare)
            if text.count >= 2, let quote = text.first, "\"'".contains(quote), text.last == quote {
                text = String(text.dropFirst().dropLast())
            }
            // Shorter ones are `null`, `{}` and the like; masking those would garble the log.
            return text.utf8.count >= 6 ? text : nil
        }
    }

    private static let words = ["password", "token", "secret", "secretkey", "credential", "credentials", "jaasconfig"]

    /// The text without the secrets.
    func masked(_ text: String) -> String {
        values.reduce(text) { $0.replacing($1, with: "********") }
    }
}
