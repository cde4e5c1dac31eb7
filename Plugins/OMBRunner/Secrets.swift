import Document

/// The secrets of a driver file: OMB prints its driver's whole configuration, and the console is kept.
struct Secrets {
    private let values: [String]

    /// Finds the secrets in a driver file: the values of keys that speak of a secret, and of `data`, which is where Pulsar's
    /// driver wants its tokens.
    ///
    /// One that is no valid YAML is searched by line.
    init(in driver: String) {
        var found: [String] = []
        if let tree = try? YAML.parse(Array(driver.utf8), file: "driver") {
            Self.collect(tree, isSecret: false, into: &found)
        } else {
            found = driver.split(separator: "\n").compactMap(Self.value).flatMap(Self.faces)
        }
        // Shorter ones are `null`, `{}` and the like; masking those would garble the log. The longest first: one may be
        // part of another.
        values = Set(found).filter { $0.utf8.count >= 6 }.sorted { ($1.utf8.count, $0) < ($0.utf8.count, $1) }
    }

    private static func collect(_ node: Node, isSecret: Bool, into found: inout [String]) {
        if isSecret, let text = node.text { found += Self.faces(text) }
        for element in node.sequence ?? [] { collect(element, isSecret: isSecret, into: &found) }
        for entry in node.mapping?.entries ?? [] {
            collect(entry.value, isSecret: isSecret || speaksOfSecrets(entry.key), into: &found)
        }
    }

    /// Pulsar's parameters begin with what they are, `token:…`, which a message about them may leave out.
    private static func faces(_ value: String) -> [String] {
        value.hasPrefix("token:") ? [value, String(value.dropFirst("token:".count))] : [value]
    }

    private static func value(of line: Substring) -> String? {
        guard let colon = line.firstIndex(of: ":"), speaksOfSecrets(String(line[..<colon])) else { return nil }
        let value = line[line.index(after: colon)...].drop { $0 == " " }
        let text = String(value.reversed().drop { $0 == " " || $0 == "\r" }.reversed())
        guard text.count >= 2, let quote = text.first, "\"'".contains(quote), text.last == quote else { return text }
        return String(text.dropFirst().dropLast())
    }

    private static func speaksOfSecrets(_ key: String) -> Bool {
        let key = key.lowercased().filter(\.isLetter)
        return key == "data" || words.contains { key.hasSuffix($0) }
    }

    private static let words = ["password", "token", "secret", "secretkey", "credential", "credentials", "jaasconfig"]

    /// The text without the secrets.
    func masked(_ text: String) -> String {
        values.reduce(text) { $0.replacing($1, with: "********") }
    }
}
