import PluginAPI
import SystemPackage

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The terraform code: the module that LabHost carries, or a copy of the user's own.
///
/// It is written into the experiment's directory, so that what made a cluster can still unmake it when LabHost or the user's
/// module has moved on.
enum ModuleFiles {
    /// A file and its place below the working directory.
    typealias File = (path: String, content: [UInt8])

    /// The files of LabHost's own module.
    static var embedded: [File] {
        [
            ("root.tf", PackageResources.root_tf),
            ("root-variables.tf", PackageResources.root_variables_tf),
            ("root-outputs.tf", PackageResources.root_outputs_tf),
            ("network/network.tf", PackageResources.network_tf),
            ("network/network-variables.tf", PackageResources.network_variables_tf),
            ("network/network-outputs.tf", PackageResources.network_outputs_tf),
            ("storage/storage.tf", PackageResources.storage_tf),
            ("storage/storage-variables.tf", PackageResources.storage_variables_tf),
            ("iam/iam.tf", PackageResources.iam_tf),
            ("iam/iam-variables.tf", PackageResources.iam_variables_tf),
            ("iam/iam-outputs.tf", PackageResources.iam_outputs_tf),
            ("compute/compute.tf", PackageResources.compute_tf),
            ("compute/compute-variables.tf", PackageResources.compute_variables_tf),
            ("compute/compute-outputs.tf", PackageResources.compute_outputs_tf),
        ]
    }

    /// The largest module that is copied; a folder beyond it is most likely not a module.
    private static let limit = 10 << 20

    /// The files of a module in a folder, without what terraform itself keeps there.
    ///
    /// - Throws: ``LabError`` when there is no root module at the path.
    static func copy(of folder: String) throws -> [File] {
        func refuse(_ reason: String) -> LabError {
            LabError(.preflight, "no terraform module in \(folder)", cause: reason, hint: "correct the option `module`")
        }
        var isDirectory = false
        guard FileManager.default.fileExists(atPath: folder, isDirectory: &isDirectory) else {
            throw refuse("there is no such folder")
        }
        guard isDirectory else { throw refuse("it is not a folder") }
        let paths: [String]
        do {
            paths = try FileManager.default.subpathsOfDirectory(atPath: folder).sorted()
        } catch {
            throw refuse("\(error)")
        }
        var files: [File] = []
        var size = 0
        for path in paths where !isKept(path) {
            let place = FilePath(folder).appending(path).string
            guard FileManager.default.fileExists(atPath: place, isDirectory: &isDirectory), !isDirectory,
                let content = FileManager.default.contents(atPath: place)
            else { continue }
            size += content.count
            guard size <= limit else { throw refuse("it holds more than \(limit >> 20) MiB") }
            files.append((path, Array(content)))
        }
        guard
            files.contains(where: {
                !$0.path.contains("/") && ($0.path.hasSuffix(".tf") || $0.path.hasSuffix(".tf.json"))
            })
        else { throw refuse("it holds no .tf file") }
        return files
    }

    /// Whether a path is terraform's own or version control's, or would take the place of the variables.
    private static func isKept(_ path: String) -> Bool {
        let parts = path.split(separator: "/")
        return parts.contains { $0 == ".terraform" || $0 == ".git" || $0.contains(".tfstate") }
            || path == "terraform.tfvars.json" || path.hasPrefix("labhost.tfplan") || path == "terraform.log"
    }
}
