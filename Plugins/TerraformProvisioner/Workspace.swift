import PluginAPI
import SystemPackage

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The directory in which terraform works: the module, its variables, its state.
struct Workspace: Sendable {
    let directory: FilePath

    /// The plan's name, as terraform is told it.
    static let planName = "labhost.tfplan"

    /// The variables of the module; terraform reads the file by its name.
    var variables: FilePath { directory.appending("terraform.tfvars.json") }
    /// What has been created, as terraform knows it.
    var state: FilePath { directory.appending("terraform.tfstate") }
    /// The plan that was shown and is to be applied, and what it creates.
    var plan: FilePath { directory.appending(Workspace.planName) }
    var planned: FilePath { directory.appending("labhost.tfplan.json") }
    /// There while terraform changes things: left over, it says that terraform did not end by itself.
    var changing: FilePath { directory.appending("labhost.changing") }
    /// The names of the hosts for which there was no spot capacity.
    var onDemand: FilePath { directory.appending("labhost.on-demand") }
    /// Held by terraform while it runs here, even when LabHost is gone.
    var lock: FilePath { directory.appending("labhost.lock") }
    /// Everything that terraform printed.
    var log: FilePath { directory.appending("terraform.log") }
    private var providers: FilePath { directory.appending(".terraform").appending("providers") }

    /// Whether a provider has been installed here.
    var isInitialised: Bool { exists(providers) }

    /// Whether terraform has a state here, which may hold resources.
    var hasState: Bool { exists(state) }

    /// A place below the directory.
    func path(_ relative: String) -> FilePath { directory.pushing(FilePath(relative)) }

    func exists(_ path: FilePath) -> Bool { FileManager.default.fileExists(atPath: path.string) }

    /// A file's content; nil when there is none.
    func read(_ path: FilePath) -> [UInt8]? {
        FileManager.default.contents(atPath: path.string).map { Array($0) }
    }

    /// Writes a file that only its owner may read, and its folders.
    ///
    /// - Returns: Whether that changed anything.
    @discardableResult
    func write(_ content: [UInt8], to path: FilePath) throws -> Bool {
        guard read(path) != content else { return false }
        do {
            try FileManager.default.createDirectory(
                atPath: path.removingLastComponent().string,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
            let file = try FileDescriptor.open(
                path,
                .writeOnly,
                options: [.create, .truncate],
                permissions: .ownerReadWrite
            )
            try file.closeAfter { _ = try file.writeAll(content) }
        } catch {
            throw LabError(error, while: "writing \(path)")
        }
        return true
    }

    /// Appends a line to the log. What cannot be logged is not worth failing for.
    func log(_ line: String) {
        let options: FileDescriptor.OpenOptions = [.create, .append]
        guard let file = try? FileDescriptor.open(log, .writeOnly, options: options, permissions: .ownerReadWrite)
        else { return }
        _ = try? file.closeAfter { try file.writeAll(Array((line + "\n").utf8)) }
    }

    /// Removes all that is known of resources: they are gone.
    func forget() {
        remove(state, path("terraform.tfstate.backup"), plan, planned, onDemand, changing)
    }

    /// Removes files; those that are not there are removed already.
    func remove(_ paths: FilePath...) {
        for path in paths { try? FileManager.default.removeItem(atPath: path.string) }
    }
}
