public import Document
import PluginAPI

extension PlanOverride {
    /// Reads `path=value` as `--set` takes it. The value is YAML: `3`, `[1, 2]`, `{size_gb: 50}`.
    ///
    /// - Parameter text: The text. A path is made of keys and list indices: `test_runs[0].producer_rate`. Below a mapping
    ///   whose keys the author chooses, the rest of the path is one key, which may hold dots.
    /// - Throws: ``DocumentError`` when it is not of that form.
    public init(parsing text: String) throws(DocumentError) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, let path = Self.path(parts[0]) else {
            throw DocumentError("--set takes PATH=VALUE, not \(Printable.quoted(text))", at: Self.commandLine)
        }
        if parts[1].isEmpty {
            self.init(path, "")
            return
        }
        do throws(DocumentError) {
            let value = try YAML.parse(Array(parts[1].utf8), file: Self.commandLine.file)
            self.init(path, value.moved(to: Self.commandLine))
        } catch {
            throw DocumentError("--set \(parts[0]): \(error.message)", at: Self.commandLine)
        }
    }

    private static func path(_ text: String) -> PlanPath? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        let keys = parts.contains("") ? [] : parts
        guard !keys.isEmpty else { return nil }
        let free = PlanSchema.prefixOfFreeKeys(keys)
        guard free < keys.count - 1 else { return PlanPath(text) }
        let start = PlanPath(keys[..<free].joined(separator: "."))
        return start.map { $0 / keys[free...].joined(separator: ".") }
    }
}

extension PlanSchema {
    /// How many steps of a path lead to a mapping with keys of its author's choice; all of them when none does.
    static func prefixOfFreeKeys(_ path: [String]) -> Int {
        if path.first == "matrix" { return 1 }
        var keys = keys
        for (index, name) in path.enumerated() {
            switch keys.first(where: { $0.name == name })?.schema {
            case .object(let inner): keys = inner
            case .map(.any, _): return path.count
            case .map: return index + 1
            default: return path.count
            }
        }
        return path.count
    }
}
