import Foundation
import PluginAPI

@testable import Pulsar

/// A folder that a boot script takes for a machine, with stand-ins for the commands that would change a real one.
final class Machine {
    let root: String

    /// Makes a machine as an image leaves it.
    init() throws {
        root = NSTemporaryDirectory() + "labhost-machine-\(UUID().uuidString)"
        try write("opt/pulsar/conf/broker.conf", "# shipped\nclusterName=\nbindAddress=0.0.0.0\n")
        try write("opt/pulsar/conf/zookeeper.conf", "tickTime=2000\ndataDir=data/zookeeper\n")
        try write("opt/pulsar/conf/bookkeeper.conf", "zkServers=localhost:2181\n#advertisedAddress=\n")
        try write("etc/systemd/system/.keep", "")
        for service in ["zookeeper", "bookkeeper", "pulsar-broker"] {
            let unit =
                "User={{PULSAR_USER}}\nEnvironment=\"PULSAR_MEM={{PULSAR_MEM}}\"\nExecStart={{PULSAR_HOME}}/bin/pulsar\n"
            try write("opt/pulsar-templates/systemd/\(service).service.tpl", unit)
        }
        try command("opt/pulsar/bin/pulsar", "")
        for name in ["systemctl", "shutdown", "mkfs.xfs", "mount", "sleep"] { try command("bin/\(name)", "") }
        try command("bin/nc", "printf imok")
        try disks([
            ("nvme0n1", "disk", "", "", "Amazon Elastic Block Store"), ("nvme0n1p1", "part", "xfs", "/", ""),
            ("nvme1n1", "disk", "", "", "Amazon EC2 NVMe Instance Storage"),
            ("nvme2n1", "disk", "", "", "Amazon Elastic Block Store"),
        ])
    }

    deinit { try? FileManager.default.removeItem(atPath: root) }

    /// Writes a file.
    func write(_ path: String, _ text: String) throws {
        let url = URL(fileURLWithPath: "\(root)/\(path)")
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: url)
    }

    /// Makes a command that notes how it was called, then does what `body` says.
    func command(_ path: String, _ body: String) throws {
        try write(path, "#!/bin/bash\necho \"${0##*/} $*\" >>'\(root)/calls'\n\(body)\n")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: "\(root)/\(path)")
    }

    /// What lsblk shows: name, type, file system, mount point, model.
    func disks(_ disks: [(String, String, String, String, String)]) throws {
        let lines = disks.map { name, type, format, at, model in
            #"NAME="/dev/\#(name)" TYPE="\#(type)" FSTYPE="\#(format)" MOUNTPOINT="\#(at)" MODEL="\#(model)""#
        }
        try command("bin/lsblk", "cat <<'END'\n\(lines.joined(separator: "\n"))\nEND")
    }

    /// A file's content; nil when there is none.
    func read(_ path: String) -> String? { try? String(contentsOfFile: "\(root)/\(path)", encoding: .utf8) }

    /// The calls of commands so far.
    var calls: [String] { read("calls")?.split(separator: "\n").map(String.init) ?? [] }

    /// Runs a script with bash; gives its exit status and what it printed.
    @discardableResult
    func run(_ script: String, environment: [String: String] = [:]) throws -> (status: Int32, output: String) {
        try write("script", script)
        return try Machine.run(
            ["/bin/bash", "\(root)/script"],
            ["PATH": "\(root)/bin:/usr/sbin:/usr/bin:/sbin:/bin"].merging(environment) { $1 }
        )
    }

    /// Runs a program.
    static func run(_ command: [String], _ environment: [String: String]) throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: command[0])
        process.arguments = Array(command.dropFirst())
        process.environment = environment
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }

    /// Boots as one host of a cluster.
    @discardableResult
    func boot(
        _ name: String,
        of spec: ClusterSpec,
        expiry: Int = 4_000_000_000,
        lease: Int? = nil
    ) throws -> (status: Int32, output: String) {
        let layout = try PulsarLayout(spec)
        let lifetime = HostLifetime(expiry: Date(timeIntervalSince1970: Double(expiry)), leaseSeconds: lease)
        let script = BootScript(layout: layout, expiry: HostExpiry(lifetime: lifetime), root: root)
        guard let place = layout.places.first(where: { $0.name == name }) else {
            throw LabError(.failed, "no host \(name)")
        }
        return try run(script.text(for: place))
    }
}
