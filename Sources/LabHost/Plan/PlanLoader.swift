public import Document
public import PluginAPI

/// Turns a plan's file into a ``Plan``, or finds every fault of it.
public enum PlanLoader {
    /// The keys that a plugin's options may have; nil when there is no such plugin, which is for the catalog to say.
    public typealias OptionKeys = (Phase, _ id: String) -> [Schema.Key]?

    /// Reads a plan: this file, those that it extends, and its driver's file.
    ///
    /// - Parameters:
    ///   - path: The file, which messages name as it is given here.
    ///   - overrides: Values from the command line, applied in this order before anything is checked.
    ///   - system: What the plan's cluster is a cluster of.
    ///   - options: The keys of each plugin's options.
    /// - Returns: The plan and a text that says all of it in one file, or all of the plan's faults.
    public static func load(
        path: String,
        overrides: [PlanOverride] = [],
        system: any SystemUnderTest,
        options: @escaping OptionKeys = { _, _ in nil }
    ) -> Result<(plan: Plan, source: [UInt8]), PlanFaults> {
        do throws(DocumentError) {
            let file = try SourceFile.read(path, limit: DocumentLimits.plan.bytes)
            return load(file, overrides: overrides, system: system, options: options)
        } catch {
            return .failure(PlanFaults([Diagnostic(error)], sources: []))
        }
    }

    /// Reads a plan whose first file is in memory.
    ///
    /// - Parameters:
    ///   - file: The file; what it extends is looked for next to its name.
    ///   - overrides: Values from the command line, applied in this order before anything is checked.
    ///   - system: What the plan's cluster is a cluster of.
    ///   - options: The keys of each plugin's options.
    /// - Returns: The plan and a text that says all of it in one file, or all of the plan's faults.
    public static func load(
        _ file: SourceFile,
        overrides: [PlanOverride] = [],
        system: any SystemUnderTest,
        options: @escaping OptionKeys = { _, _ in nil }
    ) -> Result<(plan: Plan, source: [UInt8]), PlanFaults> {
        var files = PlanFiles()
        do throws(DocumentError) {
            var root = try files.read(file)
            for override in overrides { root = try override.applied(to: root) }
            let isAsWritten = files.sources.count == 1 && overrides.isEmpty
            let source = isAsWritten ? file.bytes : files.merged(root, overrides: overrides.count)
            return check(root, in: files.sources, system: system, options: options).map { ($0, source) }
        } catch {
            return .failure(PlanFaults([Diagnostic(error)], sources: files.sources))
        }
    }

    private static func check(
        _ root: Node,
        in sources: [SourceFile],
        system: any SystemUnderTest,
        options: @escaping OptionKeys
    ) -> Result<Plan, PlanFaults> {
        var validator = SchemaValidator()
        validator.check(root, against: PlanSchema.schema)
        // A root that is no mapping has no sections to look into.
        guard root.mapping != nil else { return .failure(PlanFaults(validator.diagnostics, sources: sources)) }

        let complete = PlanSchema.schema.completed(root)
        var review = PlanReview(root: complete, system: system, optionKeys: options, validator: validator)
        let plan = review.plan()
        let diagnostics = review.validator.diagnostics.inOrder(of: sources.map(\.name))
        guard var plan, diagnostics.allSatisfy({ $0.severity == .warning }) else {
            return .failure(PlanFaults(diagnostics, sources: sources))
        }
        plan.warnings = diagnostics
        return .success(plan)
    }
}

extension [Diagnostic] {
    /// What is not about a line first, then by file, line and column; what is at one place stays in order.
    fileprivate func inOrder(of files: [String]) -> [Diagnostic] {
        let ranks = Dictionary(files.enumerated().map { ($1, $0 + 1) }) { first, _ in first }
        let sorted = enumerated().sorted { first, second in
            let (a, b) = (first.element, second.element)
            let (rankA, rankB) = (ranks[a.file] ?? 0, ranks[b.file] ?? 0)
            return (rankA, a.line ?? 0, a.column ?? 0, first.offset) < (
                rankB, b.line ?? 0, b.column ?? 0, second.offset
            )
        }
        return sorted.map(\.element)
    }
}
