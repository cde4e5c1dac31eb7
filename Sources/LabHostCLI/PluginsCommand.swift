import ArgumentParser
import LabHost
import PluginAPI

/// `labhost plugins`: what this build can do, and how it comes to do more.
struct PluginsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plugins",
        abstract: "List the plugins by phase, show one, or begin one of your own.",
        discussion: "Example: labhost plugins terraform",
        subcommands: [ListPluginsCommand.self, NewPluginCommand.self],
        defaultSubcommand: ListPluginsCommand.self
    )
}

/// `labhost plugins [list]`: what this build can do.
struct ListPluginsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the plugins by phase, or show one.",
        discussion: "Example: labhost plugins terraform"
    )

    @Argument(help: "A plugin's id; without it all are listed.", completion: .plugins()) var id: String?
    @Flag(help: "Print JSON.") var json = false

    func run() throws {
        let catalog = try LabHostTool.currentCatalog()
        let entries = catalog.entries.filter { id == nil || $0.descriptor.id == id }
        guard !entries.isEmpty else {
            let known = Set(catalog.entries.map(\.descriptor.id)).sorted().joined(separator: ", ")
            throw LabError(.usage, "there is no plugin \(Printable.quoted(id ?? ""))", cause: "known: \(known)")
        }
        if json {
            let list = entries.map { PluginListing($0.descriptor) }
            Swift.print(String(decoding: try JSONCoding.encode(list, pretty: true), as: UTF8.self), terminator: "")
        } else if id == nil {
            printAll(entries)
        } else {
            for entry in entries { printOne(entry) }
        }
    }

    private func printAll(_ entries: [Catalog.Entry]) {
        for phase in Phase.allCases {
            Swift.print(phase.rawValue)
            for entry in entries where entry.descriptor.phase == phase {
                let id = entry.descriptor.id
                let gap = String(repeating: " ", count: max(2, 12 - id.count))
                Swift.print("  \(id)\(gap)\(entry.descriptor.summary)")
            }
        }
    }

    private func printOne(_ entry: Catalog.Entry) {
        let plugin = entry.descriptor
        Swift.print("\(plugin.id) (\(plugin.phase.rawValue)): \(plugin.summary)")
        let facts: [(String, [String])] = [
            ("provides", plugin.provides.map(\.rawValue).sorted()),
            ("requires", plugin.requires.map(\.rawValue).sorted()),
            ("aliases", plugin.aliases),
            ("with", plugin.companions.map { "\($0.key.rawValue): \($0.value)" }.sorted()),
            ("AWS actions", plugin.actions),
        ]
        for (name, values) in facts where !values.isEmpty {
            Swift.print("  \(name): \(values.joined(separator: ", "))")
        }
        for key in entry.options {
            let standard = key.defaultText.map { " (default: \($0))" } ?? ""
            Swift.print("  option \(key.name): \(key.summary)\(standard)")
        }
    }
}

/// A plugin as `labhost plugins --json` shows it.
private struct PluginListing: Encodable {
    var id: String
    var phase: String
    var summary: String
    var provides: [String]
    var requires: [String]
    var actions: [String]

    init(_ plugin: PluginDescriptor) {
        id = plugin.id
        phase = plugin.phase.rawValue
        summary = plugin.summary
        provides = plugin.provides.map(\.rawValue).sorted()
        requires = plugin.requires.map(\.rawValue).sorted()
        actions = plugin.actions
    }
}
