import Document
import PluginAPI

extension PlanReview {
    /// The matrix; nil when it has faults.
    mutating func matrix() -> Matrix? {
        guard !faulty.contains("matrix"), let entries = root["matrix"]?.mapping?.entries else { return nil }
        let path = PlanPath() / "matrix"
        let before = errorCount
        var matrix = Matrix()
        for entry in entries where entry.key != "exclude" {
            guard let axis = axis(entry, at: path) else { continue }
            matrix.axes.append(axis)
        }
        if let exclude = root["matrix"]?["exclude"] { self.exclude(exclude, from: &matrix, at: path / "exclude") }
        guard errorCount == before else { return nil }
        if matrix.size > Scheduler.mostCells {
            report("\(Self.text(matrix.size)) combinations are more than \(Self.text(Scheduler.mostCells))", path)
            return nil
        }
        if matrix.combinations.isEmpty { report("every combination is left out", path / "exclude") }
        return errorCount == before ? matrix : nil
    }

    private static func text(_ count: Int) -> String { count == .max ? "too many" : Figures.grouped(count) }

    private mutating func axis(_ entry: Mapping.Entry, at path: PlanPath) -> Matrix.Axis? {
        let path = path / entry.key
        guard let (target, schema) = PlanSchema.axis(entry.key) else {
            let hint = Spelling.hint(for: entry.key, among: PlanSchema.axisNames + ["exclude"])
            report("a matrix cannot vary \(Printable.quoted(entry.key))\(hint)", at: entry.keyMark, path)
            return nil
        }
        check(entry.value, against: .list(schema, min: 1), at: path)
        guard let values = entry.value.sequence, !values.isEmpty else { return nil }
        if entry.key == "workload.message_size_distribution" {
            for (index, value) in values.enumerated() { checkDistribution(value, at: path / index) }
        }
        var seen: [String: Int] = [:]
        let texts = values.map { $0.text ?? YAML.flow($0) }
        for (index, text) in texts.enumerated() {
            if let other = seen[text] {
                report("the same value as \(path / other)", at: values[index].mark, path / index)
            }
            seen[text] = seen[text] ?? index
        }
        return Matrix.Axis(name: entry.key, target: target, mark: entry.keyMark, values: values, texts: texts)
    }

    private mutating func exclude(_ node: Node, from matrix: inout Matrix, at path: PlanPath) {
        guard let list = node.sequence else {
            return report("expected a list of combinations", at: node.mark, path)
        }
        for (index, combination) in list.enumerated() {
            guard let entries = combination.mapping?.entries, !entries.isEmpty else {
                report("expected a mapping of matrix keys to values", at: combination.mark, path / index)
                continue
            }
            var left: [Int: Int] = [:]
            for entry in entries {
                let place = path / index / entry.key
                guard let axis = matrix.axes.firstIndex(where: { $0.name == entry.key }) else {
                    let hint = Spelling.hint(for: entry.key, among: matrix.axes.map(\.name))
                    report("the matrix does not vary \(Printable.quoted(entry.key))\(hint)", at: entry.keyMark, place)
                    continue
                }
                let text = entry.value.text ?? YAML.flow(entry.value)
                guard let value = matrix.axes[axis].texts.firstIndex(of: text) else {
                    let known = matrix.axes[axis].texts.joined(separator: ", ")
                    report("\(Printable.quoted(text)) is none of its values: \(known)", at: entry.value.mark, place)
                    continue
                }
                left[axis] = value
            }
            if left.count == entries.count { matrix.exclude.append(left) }
        }
    }
}

extension PlanSchema {
    /// Where the values of a matrix key go, and what they must be; nil when a matrix cannot vary it.
    static func axis(_ name: String) -> (target: PlanPath, schema: Schema)? {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        switch parts.first {
        case "workload" where parts.count == 2:
            return workloadKeys.first { $0.name == parts[1] }.map {
                (PlanPath() / "base_workload" / parts[1], $0.schema)
            }
        case "cluster":
            guard parts.count >= 3, let schema = schema(of: parts.dropFirst(), in: clusterKeys) else { return nil }
            return (PlanPath(parts.map { .key($0) }), schema)
        case "pulsar" where parts.count >= 3:
            let file = pulsarKeys.first { $0.name == parts[1] }
            guard case .map(let schema, _) = file?.schema else { return nil }
            // A key of a configuration file may itself hold dots.
            return (PlanPath() / "pulsar" / parts[1] / parts.dropFirst(2).joined(separator: "."), schema)
        case "aws" where parts == ["aws", "spot"]:
            return schema(of: ["aws", "spot"], in: keys).map { (PlanPath() / "aws" / "spot", $0) }
        default: return nil
        }
    }

    /// The matrix keys that are known beforehand, for "did you mean".
    static var axisNames: [String] {
        let cluster = clusterKeys.flatMap { component -> [String] in
            guard case .object(let keys) = component.schema else { return [] }
            return keys.map { "cluster.\(component.name).\($0.name)" }
        }
        return workloadKeys.map { "workload.\($0.name)" } + cluster + ["aws.spot"]
    }

    private static func schema(of path: some Collection<String>, in keys: [Schema.Key]) -> Schema? {
        guard let first = path.first, let key = keys.first(where: { $0.name == first }) else { return nil }
        let rest = path.dropFirst()
        if rest.isEmpty { return key.schema }
        guard case .object(let inner) = key.schema else { return nil }
        return schema(of: Array(rest), in: inner)
    }
}
