import ArgumentParser
import LabHost
import PluginAPI
import SystemPackage

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// `labhost plugins new`: a plugin to begin with.
struct NewPluginCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "new",
        abstract: "Write a Swift package with a plugin, its test, and a labhost that has it.",
        discussion: """
            The package depends on LabHost: on the checkout that this labhost was built in, or on what --labhost names. It \
            builds and passes LabHost's own suite for such plugins as it is written.

            Example: labhost plugins new --phase reporter slack-summary
            """
    )

    /// The phases that there is a package for.
    enum Kind: String, CaseIterable { case reporter }

    @Option(
        help: "What kind of plugin; reporter is the only one that can be tried without a cluster.",
        completion: .list(["reporter"]),
        transform: Self.kind
    )
    var phase: Kind
    @Argument(help: "Its name in plans: letters a-z, digits and hyphens.") var name: String
    @Option(help: "The directory to make; named after the plugin otherwise.", completion: .directory) var path: String?
    @Option(help: "A checkout of LabHost, or the URL of its repository.", completion: .directory) var labhost: String?

    func run() throws {
        let name = try PluginName(name, phase: .report, catalog: LabHostTool.currentCatalog())
        let here = FilePath(FileManager.default.currentDirectoryPath)
        let source = try LabHostSource(
            labhost,
            binary: here.pushing(FilePath(CommandLine.arguments[0])),
            directory: here
        )
        let directory = here.pushing(FilePath(path ?? name.type))
        guard !FileManager.default.fileExists(atPath: directory.string) else {
            throw LabError(.usage, "\(directory) exists", hint: "--path with a directory that is to be made")
        }
        for (file, text) in ReporterPackage(name: name, source: source).files {
            let target = directory.appending(file)
            do {
                try FileManager.default.createDirectory(
                    atPath: target.removingLastComponent().string,
                    withIntermediateDirectories: true
                )
                try Data(text.utf8).write(to: URL(filePath: target.string))
            } catch {
                throw LabError(error, while: "writing \(target)")
            }
        }
        print("wrote \(directory): now `swift test --package-path \(Shell.quoted(path ?? name.type))`")
    }

    private static func kind(_ text: String) throws -> Kind {
        if let kind = Kind(rawValue: text) { return kind }
        let others = ["image-builder", "provisioner", "executor", "runner"] + Phase.allCases.map(\.rawValue)
        guard others.contains(text) else { throw ValidationError("--phase takes reporter") }
        throw ValidationError(
            "--phase takes reporter: what a plugin of another phase does shows only on a cluster. Begin with a copy of one of "
                + "LabHost's own, and with its conformance suite in PluginTestKit"
        )
    }
}
