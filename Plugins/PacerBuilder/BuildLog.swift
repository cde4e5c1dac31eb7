import AWS
import PluginAPI
import SystemPackage

/// Everything that packer and the instance said, in a file of the user's own.
struct BuildLog: Sendable {
    let path: FilePath
    let mask: SecretMask

    /// Appends a line. What cannot be logged is not worth failing for.
    func write(_ line: String) {
        let options: FileDescriptor.OpenOptions = [.create, .append]
        guard let file = try? FileDescriptor.open(path, .writeOnly, options: options, permissions: .ownerReadWrite)
        else { return }
        _ = try? file.closeAfter { try file.writeAll(Array((mask.hide(line) + "\n").utf8)) }
    }
}
