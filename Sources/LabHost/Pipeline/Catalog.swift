import Document
public import PluginAPI

/// The plugins that a host knows: an explicit list, with no registration behind anybody's back.
///
/// ```swift
/// let catalog = try Catalog.standard + [SlackReporter.self]
/// ```
public struct Catalog: Sendable {
    /// One plugin, and how to make it.
    public struct Entry: Sendable {
        /// What the plugin says about itself.
        public var descriptor: PluginDescriptor
        /// The keys that its options may have.
        public var options: [Schema.Key]
        /// Makes it from its options as written.
        let make: @Sendable (Node, PluginContext) throws -> any Plugin
    }

    /// The plugins, in the order of the list.
    public private(set) var entries: [Entry]

    /// Makes a catalog.
    ///
    /// - Throws: ``LabError`` when two plugins of a phase have the same id or alias.
    public init(_ plugins: [any Plugin.Type]) throws {
        entries = []
        for plugin in plugins { try add(plugin) }
    }

    /// The catalog with more plugins.
    public static func + (catalog: Catalog, plugins: [any Plugin.Type]) throws -> Catalog {
        var catalog = catalog
        for plugin in plugins { try catalog.add(plugin) }
        return catalog
    }

    private mutating func add<P: Plugin>(_: P.Type) throws {
        let new = P.descriptor
        for name in [new.id] + new.aliases {
            if let old = entries.first(where: { $0.descriptor.phase == new.phase && $0.descriptor.answers(to: name) }) {
                throw LabError(
                    .failed,
                    "two \(new.phase.rawValue) plugins are named \(name)",
                    cause: "\(old.descriptor.summary)\n\(new.summary)"
                )
            }
        }
        entries.append(
            Entry(descriptor: new, options: P.Options.schema) { options, context in
                try P(options: NodeDecoder().decode(P.Options.self, from: options), context: context)
            }
        )
    }

    /// The plugins of one phase.
    public func entries(for phase: Phase) -> [Entry] { entries.filter { $0.descriptor.phase == phase } }

    /// The plugin of a phase that answers to an id or alias.
    ///
    /// - Throws: ``LabError`` that lists the known ids, the nearest first.
    public func entry(_ id: String, for phase: Phase) throws -> Entry {
        let known = entries(for: phase)
        if let found = known.first(where: { $0.descriptor.answers(to: id) }) { return found }
        let names = known.map(\.descriptor.id).sorted { left, right in
            (Spelling.distance(id, left), left) < (Spelling.distance(id, right), right)
        }
        throw LabError(
            .invalidPlan,
            "there is no \(phase.noun) \(Printable.quoted(id))",
            cause: "known: \(names.joined(separator: ", "))",
            hint: "labhost plugins"
        )
    }

    /// Checks that every capability that one of the chosen plugins needs is provided by another.
    ///
    /// - Throws: ``LabError`` naming the plugin, the capability and who would provide it.
    public func checkCapabilities(of chosen: [PluginDescriptor]) throws {
        let provided = chosen.reduce(into: Set<Capability>()) { $0.formUnion($1.provides) }
        for plugin in chosen {
            guard let missing = plugin.requires.subtracting(provided).min(by: { $0.rawValue < $1.rawValue }) else {
                continue
            }
            let providers = entries.filter { $0.descriptor.provides.contains(missing) }
                .map { "\($0.descriptor.phase.noun) \($0.descriptor.id)" }
            throw LabError(
                .preflight,
                "the \(plugin.phase.noun) \(plugin.id) needs \(missing), which no other chosen plugin provides",
                cause: "chosen: \(chosen.map { "\($0.phase.noun) \($0.id)" }.joined(separator: ", "))",
                hint: providers.isEmpty ? nil : "choose the \(providers.joined(separator: " or the "))"
            )
        }
    }
}

extension PluginDescriptor {
    fileprivate func answers(to name: String) -> Bool { id == name || aliases.contains(name) }
}

extension Phase {
    /// What a plugin of this phase is called in messages.
    var noun: String {
        switch self {
        case .image: "image builder"
        case .provision: "provisioner"
        case .execute: "executor"
        case .benchmark: "runner"
        case .metrics: "metrics collector"
        case .report: "reporter"
        }
    }
}
