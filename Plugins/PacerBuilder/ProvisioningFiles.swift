import AWS
import PluginAPI

/// The scripts and templates that make an image of a plain instance.
enum ProvisioningFiles {
    /// The steps, in order, each a script of that name.
    static func steps(withScript: Bool) -> [String] {
        ["system", "java", "pulsar", "benchmark", "services"] + (withScript ? ["own"] : []) + ["manifest", "clean"]
    }

    /// What LabHost itself brings, by name.
    static var all: [String: [UInt8]] {
        [
            "common.sh": PackageResources.common_sh,
            "system.sh": PackageResources.system_sh,
            "java.sh": PackageResources.java_sh,
            "pulsar.sh": PackageResources.pulsar_sh,
            "benchmark.sh": PackageResources.benchmark_sh,
            "services.sh": PackageResources.services_sh,
            "manifest.sh": PackageResources.manifest_sh,
            "clean.sh": PackageResources.clean_sh,
            "zookeeper.service.tpl": PackageResources.zookeeper_service_tpl,
            "bookkeeper.service.tpl": PackageResources.bookkeeper_service_tpl,
            "pulsar-broker.service.tpl": PackageResources.pulsar_broker_service_tpl,
            "benchmark-worker.service.tpl": PackageResources.benchmark_worker_service_tpl,
        ]
    }

    /// The script that says whether an image has what it needs.
    static var check: [UInt8] { PackageResources.check_sh }
    /// What packer runs once the instance does.
    static var handover: [UInt8] { PackageResources.handover_sh }
    /// The template, and what packer 1.7 and later are told besides.
    static var template: [UInt8] { PackageResources.image_pkr_hcl }
    static var plugins: [UInt8] { PackageResources.plugins_pkr_hcl }

    /// Where the files are on the instance while it is provisioned.
    static let directory = "/var/tmp/labhost-image"

    /// Commands that put files on an instance, each small enough for Systems Manager.
    ///
    /// The files travel compressed and in base64: double braces, of which templates are full, are parameters to Systems
    /// Manager, and a quote would end the word that it is in.
    static func transfer(_ files: [String: [UInt8]]) throws -> [String] {
        var commands: [String] = []
        var current = ["set -eu", "umask 077", "mkdir -p \(directory)", "cd \(directory)"]
        let start = current
        var size = 0
        for (name, content) in files.sorted(by: { $0.key < $1.key }) {
            let target = Shell.quoted(name)
            current.append(": >\(target).part")
            for piece in Array(Base64.text(try Gzip.compress(content)).utf8).batches(of: 30_000) {
                if size + piece.count > 40_000 {
                    commands.append(current.joined(separator: "\n"))
                    (current, size) = (start, 0)
                }
                current.append("printf %s '\(String(decoding: piece, as: UTF8.self))' >>\(target).part")
                size += piece.count
            }
            current.append("base64 -d <\(target).part | gzip -dc >\(target) && rm \(target).part")
        }
        return commands + [current.joined(separator: "\n")]
    }
}
