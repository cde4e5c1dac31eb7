public import Document
public import PluginAPI

/// Turns a plan's file into a ``Plan``, or finds every fault of it.
public enum PlanLoader {
    /// The keys that a plugin's options may have; nil when there is no such plugin, which is for the catalog to say.
    public typealias OptionKeys = (Phase, _ id: String) -> [Schema.Key]?

    /// Reads a plan. It reads this one file and nothing else of the outside world.
    ///
    /// - Parameters:
    ///   - path: The file, which messages name as it is given here.
    ///   - overrides: Values from the command line, applied in this order before anything is checked.
    ///   - system: What the plan's cluster is a cluster of.
    ///   - options: The keys of each plugin's options.
    /// - Returns: The plan and the file's content, or all of the plan's faults.
    public static func load(
        path: String,
        overrides: [PlanOverride] = [],
        system: any SystemUnderTest,
        options: @escaping OptionKeys = { _, _ in nil }
    ) -> Result<(plan: Plan, source: [UInt8]), PlanFaults> {
        do throws(DocumentError) {
            let file = try SourceFile.read(path, limit: DocumentLimits.plan.bytes)
            return load(file, overrides: overrides, system: system, options: options).map { ($0, file.bytes) }
        } catch {
            return .failure(PlanFaults([Diagnostic(error)], sources: []))
        }
    }

    /// Checks a plan that is in memory.
    public static func load(
        _ file: SourceFile,
        overrides: [PlanOverride] = [],
        system: any SystemUnderTest,
        options: @escaping OptionKeys = { _, _ in nil }
    ) -> Result<Plan, PlanFaults> {
        do throws(DocumentError) {
            var root = try YAML.parse(file)
            for override in overrides { root = try override.applied(to: root) }
            return check(root, in: file, system: system, options: options)
        } catch {
            return .failure(PlanFaults([Diagnostic(error)], sources: [file]))
        }
    }

    private static func check(
        _ root: Node,
        in file: SourceFile,
        system: any SystemUnderTest,
        options: @escaping OptionKeys
    ) -> Result<Plan, PlanFaults> {
        var validator = SchemaValidator()
        validator.check(root, against: PlanSchema.schema)
        // A root that is no mapping has no sections to look into.
        guard root.mapping != nil else { return .failure(PlanFaults(validator.diagnostics, sources: [file])) }

        let complete = PlanSchema.schema.completed(root)
        var review = PlanReview(root: complete, system: system, optionKeys: options, validator: validator)
        let plan = review.plan()
        let diagnostics = review.validator.diagnostics.inFileOrder
        guard var plan, diagnostics.allSatisfy({ $0.severity == .warning }) else {
            return .failure(PlanFaults(diagnostics, sources: [file]))
        }
        plan.warnings = diagnostics
        return .success(plan)
    }
}

extension [Diagnostic] {
    /// What is not about a line first, then by line and column; what is at one place stays in order.
    fileprivate var inFileOrder: [Diagnostic] {
        let sorted = enumerated().sorted { first, second in
            let (a, b) = (first.element, second.element)
            return (a.line ?? 0, a.column ?? 0, first.offset) < (b.line ?? 0, b.column ?? 0, second.offset)
        }
        return sorted.map(\.element)
    }
}
