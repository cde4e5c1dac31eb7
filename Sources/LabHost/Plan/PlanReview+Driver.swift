import Document
import PluginAPI
import SystemPackage

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension PlanReview {
    /// What differs from the cluster's driver; nil for nothing, or for what has faults.
    mutating func driver() -> DriverChoice? {
        guard !faulty.contains("driver"), let node = root["driver"], let entries = node.mapping?.entries,
            !entries.isEmpty
        else { return nil }
        let path = PlanPath() / "driver"
        guard let file = node["file"] else {
            refuseSecrets(in: node, at: path)
            return .keys(YAML.flow(node))
        }
        for entry in entries where entry.key != "file" {
            report("give a file, or keys, not both", at: entry.keyMark, path / entry.key)
        }
        guard let name = file.text else {
            report("expected a file's path", at: file.mark, path / "file")
            return nil
        }
        let resolved = Self.absolute(name, nextTo: file.mark)
        do throws(DocumentError) {
            let content = try YAML.parse(SourceFile.read(resolved.string, limit: DocumentLimits.plan.bytes))
            if content.mapping == nil { report("expected a mapping", at: content.mark, path / "file") }
        } catch {
            let place = error.mark.isInFile ? error.mark : file.mark
            report(error.message, at: place, path / "file")
        }
        return .file(resolved.string)
    }

    /// A path in a plan is relative to the plan; one from the command line to the working directory.
    private static func absolute(_ name: String, nextTo mark: SourceMark) -> FilePath {
        let working = FilePath(FileManager.default.currentDirectoryPath)
        let folder = mark.isInFile ? working.pushing(FilePath(mark.file)).removingLastComponent() : working
        return folder.pushing(FilePath(name)).lexicallyNormalized()
    }

    /// A plan is kept with every experiment, and shown to others.
    private mutating func refuseSecrets(in node: Node, at path: PlanPath) {
        for entry in node.mapping?.entries ?? [] {
            let key = entry.key.lowercased()
            if Self.secretWords.contains(where: key.contains), !entry.value.isNull {
                let message = "looks like a secret, which has no place in a plan: put it into a file (driver.file)"
                report(message, at: entry.keyMark, path / entry.key)
            }
            refuseSecrets(in: entry.value, at: path / entry.key)
        }
    }

    private static let secretWords = ["password", "secret", "token", "authparam", "credential", "privatekey", "apikey"]
}
