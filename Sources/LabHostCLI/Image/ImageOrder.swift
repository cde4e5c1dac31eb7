import Document
import LabHost
import PacerBuilder
import PluginAPI

/// What to build: a plan's recipe, or the standard one, and what differs from it.
struct ImageOrder {
    /// The recipe.
    let recipe: ImageRecipe
    /// The version of Pulsar.
    let version: String
    /// The user's tags.
    let tags: [String: String]
    /// The plan's place; nil without a plan.
    let cloud: CloudSettings?

    /// Reads what was asked for.
    ///
    /// - Throws: ``LabError`` or ``PlanFaults`` with every fault.
    init(plan path: String?, version: String?, values: [String], environment: [String: String]) throws {
        var options: [Mapping.Entry] = []
        var planned: String?
        if let path {
            let (plan, _) = try PlanLoading.load(path, values: [], catalog: LabHostTool.currentCatalog()).get()
            if let id = plan.image?.id, id != PacerBuilder.descriptor.id {
                throw LabError(.usage, "the image plugin of \(Printable.line(path)) is \(id), which builds nothing")
            }
            let text = plan.image?.options ?? "{}"
            options = try YAML.parse(Array(text.utf8), file: path).mapping?.entries ?? []
            planned = plan.imageRequest.pulsarVersion
            (tags, cloud) = (plan.tags, plan.cloud)
        } else {
            (tags, cloud) = ([:], nil)
        }
        for value in values { try Self.set(value, in: &options) }
        let node = Node(.mapping(Mapping(options)), at: Self.mark)
        var validator = SchemaValidator()
        validator.check(node, against: .object(ImageRecipe.schema))
        let asked = version ?? planned ?? PlanSchema.defaultPulsarVersion
        let versionNode = Node(.scalar(Scalar(asked, style: .quoted)), at: Self.mark)
        validator.check(versionNode, against: PlanSchema.pulsarVersion)
        let faults = validator.diagnostics.filter { $0.severity == .error }
        guard faults.isEmpty else {
            throw LabError(
                .usage,
                "the recipe is not valid",
                cause: faults.map { $0.path.isEmpty ? $0.message : "\($0.path): \($0.message)" }.joined(
                    separator: "\n"
                ),
                hint: "labhost plugins packer lists the keys"
            )
        }
        recipe = try NodeDecoder().decode(ImageRecipe.self, from: node)
        try recipe.check()
        self.version = asked
    }

    private static let mark = SourceMark(origin: "command line")

    private static func set(_ text: String, in options: inout [Mapping.Entry]) throws {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, !parts[0].isEmpty else {
            throw LabError(.usage, "--set takes KEY=VALUE, not \(Printable.quoted(text))")
        }
        let value: Node
        do {
            value = try YAML.parse(Array(parts[1].utf8), file: "--set \(parts[0])")
        } catch {
            throw LabError(.usage, "--set \(Printable.quoted(text)): \(error)")
        }
        options.removeAll { $0.key == parts[0] }
        options.append(Mapping.Entry(key: parts[0], keyMark: mark, value: value))
    }
}
