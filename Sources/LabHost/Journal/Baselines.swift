package import PluginAPI
import SystemPackage

/// Names that people give to experiments: `baselines/NAME` in their home is a link to one.
package struct Baselines: Sendable {
    private let store: ExperimentStore

    /// The baselines of a user.
    package init(_ store: ExperimentStore) { self.store = store }

    private var directory: FilePath { store.home.appending("baselines") }

    /// The names and what they mean, in the order of the names.
    package var all: [(name: String, experiment: ExperimentID)] {
        Files.names(in: directory).compactMap { name in experiment(named: name).map { (name, $0) } }
    }

    /// The experiment of a name; nil when there is no such name.
    package func experiment(named name: String) -> ExperimentID? {
        guard Self.isName(name) else { return nil }
        return Files.target(of: directory.appending(name)).flatMap { FilePath($0).lastComponent?.string }
            .flatMap(ExperimentID.init(rawValue:))
    }

    /// Gives an experiment a name, which may have meant another one before.
    ///
    /// - Throws: ``LabError`` when it is no name, or already is an experiment's id.
    package func set(_ name: String, to experiment: ExperimentID) throws {
        guard Self.isName(name), name != "latest" else {
            throw LabError(
                .usage,
                "\(Printable.quoted(name)) is no name for a baseline",
                hint:
                    "1 to 60 letters, digits, dots, hyphens and underscores, beginning with a letter or digit; not latest"
            )
        }
        if let id = ExperimentID(rawValue: name), Files.exists(store.directory(of: id).path) {
            throw LabError(.usage, "\(name) is an experiment's id, and names that one")
        }
        try LocalFile.makeDirectory(directory)
        try Files.link(directory.appending(name), to: "../experiments/\(experiment)")
    }

    /// Forgets a name; the experiment stays.
    ///
    /// - Throws: ``LabError`` when there is no such name.
    package func remove(_ name: String) throws {
        guard experiment(named: name) != nil else {
            let known = all.map(\.name).joined(separator: ", ")
            throw LabError(
                .usage,
                "there is no baseline \(Printable.quoted(name))",
                cause: known.isEmpty ? nil : "known: \(known)"
            )
        }
        LocalFile.remove(directory.appending(name))
    }

    private static func isName(_ text: String) -> Bool {
        guard (1...60).contains(text.utf8.count), let first = text.first, first.isLetter || first.isNumber else {
            return false
        }
        return text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || ".-_".contains($0)) }
    }
}
