import PluginAPI
public import SystemPackage

/// Samples in a run's directory: one file for all hosts, each line after its host's name and a tab.
extension HostSamples {
    private static func file(in directory: FilePath) -> FilePath { directory.appending("host-samples.tsv") }

    /// Keeps what ``Sampler/collect`` printed.
    ///
    /// - Parameters:
    ///   - texts: What it printed, by host's name, in order; nothing is written when nothing was.
    ///   - directory: The run's directory.
    /// - Throws: ``LabError`` naming the file.
    public static func keep(_ texts: [(host: String, text: String)], in directory: FilePath) throws {
        let lines = texts.flatMap { host, text in text.split(separator: "\n").map { "\(host)\t\($0)\n" } }
        if !lines.isEmpty { try LocalFile.write(lines.joined().utf8, to: file(in: directory)) }
    }

    /// What was kept in a run's directory, by host's name.
    ///
    /// - Throws: ``LabError`` naming the file.
    public static func kept(in directory: FilePath) throws -> [String: HostSamples] {
        guard let content = try LocalFile.read(file(in: directory)) else { return [:] }
        var texts: [Substring: [Substring]] = [:]
        for line in String(decoding: content, as: UTF8.self).split(separator: "\n") {
            guard let tab = line.firstIndex(of: "\t") else { continue }
            texts[line[..<tab], default: []].append(line[line.index(after: tab)...])
        }
        return Dictionary(
            uniqueKeysWithValues: texts.map { (String($0.key), HostSamples($0.value.joined(separator: "\n"))) }
        )
    }
}
