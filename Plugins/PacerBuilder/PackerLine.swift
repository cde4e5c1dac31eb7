/// A line of `packer -machine-readable`: `epoch,target,type,data…`, with commas and line ends of the data escaped.
enum PackerLine: Sendable, Hashable {
    /// What a person would see.
    case said(String)
    /// An error, as packer shows it or sums it up.
    case failed(String)
    /// The image that came out.
    case image(region: String, id: String)

    /// Reads a line; nil when it says nothing that matters.
    init?(_ line: String) {
        let parts = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        guard parts.count >= 4, Int(parts[0]) != nil else { return nil }
        let data = parts[3...].map(Self.plain)
        switch parts[2] {
        case "ui" where data.count >= 2:
            let text = data[1...].joined(separator: ",")
            self = data[0] == "error" ? .failed(Self.words(text)) : .said(Self.words(text))
        case "error": self = .failed(Self.words(data.joined(separator: ",")))
        // The first ami- of the output is the source image: only the artifact names the result.
        case "artifact" where data.count >= 3 && data[1] == "id":
            let place = data[2].split(separator: ",").first?.split(separator: ":").map(String.init) ?? []
            guard place.count == 2, place[1].hasPrefix("ami-") else { return nil }
            self = .image(region: place[0], id: place[1])
        default: return nil
        }
    }

    /// What follows a word in the text of the line: `labhost-instance i-0a…` gives `i-0a…`.
    func word(after prefix: String, beginning start: String) -> String? {
        guard case .said(let text) = self, text.hasPrefix(prefix) else { return nil }
        let word = text.dropFirst(prefix.count).split(separator: " ").first.map(String.init)
        return word?.hasPrefix(start) == true ? word : nil
    }

    private static func plain(_ text: String) -> String {
        text.replacing("%!(PACKER_COMMA)", with: ",").replacing("\\n", with: "\n").replacing("\\r", with: "")
    }

    /// The text without the arrow and the build's name in front.
    private static func words(_ text: String) -> String {
        let trimmed = text.split(separator: "\n").joined(separator: "\n")
        var text = trimmed.trimmingPrefix { " =>-".contains($0) }
        let name = "amazon-ebs.image: "
        if text.hasPrefix(name) { text = text.dropFirst(name.count) }
        return String(text)
    }
}
