import LabHost
import PluginAPI

/// A name for a plugin that can stand in a plan, in a path and in Swift.
struct PluginName: Sendable, Hashable {
    /// As plans have it: `slack-summary`.
    let id: String

    /// Reads a name.
    ///
    /// - Throws: ``LabError`` with code ``LabError/Code/usage`` when it is none, or is taken.
    init(_ text: String, phase: Phase, catalog: Catalog) throws {
        guard (2...40).contains(text.utf8.count), text.wholeMatch(of: /[a-z][a-z0-9]*(-[a-z0-9]+)*/) != nil else {
            throw LabError(
                .usage,
                "\(Printable.quoted(text)) cannot be a plugin's name",
                cause: "it stands in plans, in paths and in Swift",
                hint: "2 to 40 letters a-z and digits, in words joined by hyphens: slack-summary"
            )
        }
        id = text
        let isTaken = catalog.entries(for: phase).contains {
            $0.descriptor.id == text || $0.descriptor.aliases.contains(text)
        }
        // A package may not have a module of the same name as one of LabHost's.
        guard !isTaken, !Self.modules.contains(type) else {
            throw LabError(.usage, "LabHost has a \(text) of its own", hint: "another name: my-\(text)")
        }
    }

    /// As Swift has it: `SlackSummaryReporter`.
    var type: String {
        id.split(separator: "-").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined() + "Reporter"
    }

    private static let modules: Set = ["CostReporter", "HTMLReporter", "TabularReporter"]
}
