public import Document
public import PluginAPI

/// Finds every fault of a document against a schema.
///
/// It goes on after a fault, and says each thing once. A null counts as left out. It holds compiled patterns, so use one
/// validator for one plan and keep it in one task.
public struct SchemaValidator {
    /// What was found, in the order of the walk.
    public private(set) var diagnostics: [Diagnostic] = []
    private var patterns: [String: Regex<AnyRegexOutput>] = [:]

    /// Makes a validator.
    public init() {}

    /// Checks a value.
    public mutating func check(_ node: Node, against schema: Schema, at path: PlanPath = PlanPath()) {
        switch schema {
        case .any: break
        case .object(let keys): checkObject(node, keys, at: path)
        case .map(let schema, let keyPattern): checkMap(node, schema, keyPattern: keyPattern, at: path)
        case .list(let schema, let min): checkList(node, schema, min: min, at: path)
        case .either(let shapes): checkEither(node, shapes, at: path)
        default: checkScalar(node, schema, at: path)
        }
    }

    /// Records a fault.
    public mutating func report(
        _ message: String,
        at mark: SourceMark,
        path: PlanPath,
        severity: Diagnostic.Severity = .error
    ) {
        diagnostics.append(Diagnostic(severity, at: mark, path: path.description, message))
    }

    // MARK: Collections

    private mutating func checkObject(_ node: Node, _ keys: [Schema.Key], others: [Schema.Key] = [], at path: PlanPath)
    {
        guard let mapping = node.isNull ? Mapping() : node.mapping else {
            return mismatch(node, .object(keys), at: path)
        }
        for entry in mapping.entries {
            if let key = keys.first(where: { $0.name == entry.key }) {
                check(entry, as: key, at: path)
            } else if let key = keys.first(where: { $0.deprecated[entry.key] != nil }) {
                if mapping[key.name] != nil {
                    report("says the same as \"\(key.name)\"; keep one", at: entry.keyMark, path: path / entry.key)
                } else {
                    let message = key.deprecated[entry.key] ?? ""
                    report(message, at: entry.keyMark, path: path / entry.key, severity: .warning)
                    check(entry, as: key, at: path)
                }
            } else if others.contains(where: { $0.name == entry.key }) {
                report("the key \"\(entry.key)\" does not apply here", at: entry.keyMark, path: path)
            } else {
                // Looking for what was meant takes time, and a file with a hundred faults is no plan.
                let hint = diagnostics.count < 100 ? Spelling.hint(for: entry.key, among: keys.map(\.name)) : ""
                report("unknown key \(Printable.quoted(entry.key))\(hint)", at: entry.keyMark, path: path)
            }
        }
        for key in keys where key.isRequired && key.unsupported == nil {
            let names = [key.name] + key.deprecated.keys
            if names.allSatisfy({ mapping[$0] == nil }) {
                report("the key \"\(key.name)\" is missing", at: node.mark, path: path)
            }
        }
    }

    private mutating func check(_ entry: Mapping.Entry, as key: Schema.Key, at path: PlanPath) {
        if let unsupported = key.unsupported {
            report(unsupported, at: entry.keyMark, path: path / entry.key)
        } else if key.isRequired || !entry.value.isNull {
            check(entry.value, against: key.schema, at: path / entry.key)
        }
    }

    private mutating func checkMap(_ node: Node, _ schema: Schema, keyPattern: String?, at path: PlanPath) {
        guard let mapping = node.isNull ? Mapping() : node.mapping else {
            return mismatch(node, .map(schema), at: path)
        }
        for entry in mapping.entries {
            if let keyPattern, !matches(entry.key, keyPattern, at: entry.keyMark, path: path) {
                let message =
                    "\(Printable.quoted(entry.key)) cannot be a key here: expected text that matches \(keyPattern)"
                report(message, at: entry.keyMark, path: path)
            }
            check(entry.value, against: schema, at: path / entry.key)
        }
    }

    private mutating func checkList(_ node: Node, _ schema: Schema, min: Int, at path: PlanPath) {
        guard let elements = node.isNull ? [] : node.sequence else { return mismatch(node, .list(schema), at: path) }
        if elements.count < min {
            let what = min == 1 ? "element" : "elements"
            report("expected at least \(min) \(what), found \(elements.count)", at: node.mark, path: path)
        }
        for (index, element) in elements.enumerated() { check(element, against: schema, at: path / index) }
    }

    private mutating func checkEither(_ node: Node, _ shapes: [Schema], at path: PlanPath) {
        if node.mapping != nil, let choice = Schema.choice(among: shapes, for: node) {
            return checkChoice(node, choice, at: path)
        }
        let fitting = shapes.filter { $0.fitsForm(of: node) }
        guard !fitting.isEmpty else { return mismatch(node, .either(shapes), at: path) }
        var closest: SchemaValidator?
        for shape in fitting {
            var trial = self
            trial.check(node, against: shape, at: path)
            patterns = trial.patterns
            if trial.diagnostics.count < closest?.diagnostics.count ?? .max { closest = trial }
        }
        guard let closest, closest.diagnostics.count > diagnostics.count else { return }
        if fitting.count > 1, node.scalar != nil { return mismatch(node, .either(fitting), at: path) }
        self = closest
    }

    private mutating func checkChoice(_ node: Node, _ choice: Schema.Choice, at path: PlanPath) {
        if let keys = choice.chosen { return checkObject(node, keys, others: choice.others, at: path) }
        guard let value = node[choice.key] else {
            report("the key \"\(choice.key)\" is missing", at: node.mark, path: path)
            return
        }
        mismatch(value, .oneOf(choice.words), at: path / choice.key)
    }

    // MARK: Scalars

    private mutating func checkScalar(_ node: Node, _ schema: Schema, at path: PlanPath) {
        guard let scalar = node.scalar, !scalar.isNull else { return mismatch(node, schema, at: path) }
        let fits =
            switch schema {
            case .string(let pattern?, _): matches(scalar.text, pattern, at: node.mark, path: path)
            case .integer(let range): scalar.int.map(range.contains) ?? false
            case .number(let range): scalar.double.map(range.contains) ?? false
            case .boolean: scalar.bool != nil
            case .duration: DurationText.parse(scalar.text) != nil
            case .oneOf(let words): words.contains(scalar.text)
            default: true
            }
        if !fits { mismatch(node, schema, at: path) }
    }

    private mutating func mismatch(_ node: Node, _ schema: Schema, at path: PlanPath) {
        var hint = ""
        if case .oneOf(let words) = schema, let text = node.text { hint = Spelling.hint(for: text, among: words) }
        report("expected \(schema.expectation), found \(node.briefly)\(hint)", at: node.mark, path: path)
    }

    private mutating func matches(_ text: String, _ pattern: String, at mark: SourceMark, path: PlanPath) -> Bool {
        if patterns[pattern] == nil {
            // The same meaning as in JSON Schema: code points, not grapheme clusters.
            patterns[pattern] = try? Regex(pattern).matchingSemantics(.unicodeScalar)
        }
        guard let regex = patterns[pattern] else {
            report("the schema's own pattern \(pattern) is not valid", at: mark, path: path)
            return true
        }
        return text.wholeMatch(of: regex) != nil
    }
}
