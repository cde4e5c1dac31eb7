import AWS
import PluginAPI

/// The answer of a command, as ``HostScripts/run(_:environment:compressed:)`` prints it.
struct Frame {
    /// The script's exit status.
    var status: Int
    /// Bytes of standard output.
    var outputSize: Int
    /// Bytes of the end of standard error that follow it.
    var errorSize: Int
    /// Bytes of both, compressed.
    var compressedSize: Int
    /// The SHA-256 of both, uncompressed, in hexadecimal.
    var sum: String
    /// Where on the host the answer is kept when it is longer than what came.
    var directory: String
    /// The first compressed bytes.
    var content: [UInt8]

    /// Whether all of it came.
    var isWhole: Bool { content.count == compressedSize }

    /// Reads a frame; nil when the text holds none, or only a part of one because the answer was cut.
    init?(_ text: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard let first = lines.firstIndex(where: { $0.hasPrefix("labhost-1 ") }), lines.count > first + 2,
            lines[first + 2] == "labhost-end", let content = Base64.bytes(lines[first + 1].utf8)
        else { return nil }
        let fields = lines[first].split(separator: " ")
        guard fields.count == 7, let status = Int(fields[1]), let outputSize = Int(fields[2]),
            let errorSize = Int(fields[3]), let compressedSize = Int(fields[4])
        else { return nil }
        self.status = status
        self.outputSize = outputSize
        self.errorSize = errorSize
        self.compressedSize = compressedSize
        self.sum = String(fields[5])
        self.directory = String(fields[6])
        self.content = content
    }

    /// The bytes of a piece that was fetched afterwards; nil when it was cut.
    static func piece(_ text: String) -> [UInt8]? {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count >= 2, lines[1] == "labhost-end" else { return nil }
        return Base64.bytes(lines[0].utf8)
    }
}
