import Document
import LabHost
import PluginAPI
import Pulsar

/// What must hold of every text, whoever wrote it: for the fuzzer, and for tests with inputs that are always the same.
public enum HostileInput {
    /// Reads some bytes in every way that bytes from outside are read.
    ///
    /// They may be refused with an error. They may not crash, hang, take memory without bound, or change when what was read is
    /// written and read again.
    ///
    /// - Parameter bytes: The text, or what pretends to be one.
    /// - Returns: What does not hold; nil when all does.
    public static func fault(of bytes: [UInt8]) -> String? {
        if let node = try? YAML.parse(bytes, file: "input.yaml"), let fault = faultOfWriting(node) { return fault }
        let tree = try? JSON.parse(bytes, file: "input.json")
        if let tree { _ = YAML.flow(tree) }
        return faultOfStreaming(bytes, tree) ?? faultOfPlanning(bytes)
    }

    private static func faultOfWriting(_ node: Node) -> String? {
        let flow = YAML.flow(node)
        for text in [flow, YAML.block(node), JSON.text(node)] {
            guard let again = try? YAML.parse(Array(text.utf8), file: "again.yaml", limits: .result) else {
                return "what was written cannot be read: \(text)"
            }
            guard YAML.flow(again) == flow else { return "what was written reads differently: \(text)" }
        }
        return nil
    }

    /// Reads JSON token by token, in small pieces, and holds what comes against the tree.
    private static func faultOfStreaming(_ bytes: [UInt8], _ tree: Node?) -> String? {
        var rest = bytes[...]
        var stream = JSONStream(file: "input.json") {
            defer { rest = rest.dropFirst(3) }
            return Array(rest.prefix(3))
        }
        guard let tree else {
            while let token = try? stream.next(), token != .end {}
            return nil
        }
        for expected in tokens(of: tree) {
            let found = try? stream.next()
            if found != expected {
                return "the stream gives \(String(describing: found)) where the tree has \(expected)"
            }
        }
        return (try? stream.next()) == .end ? nil : "the stream goes on after the tree's end"
    }

    private static func tokens(of node: Node) -> [JSONStream.Token] {
        switch node.content {
        case .mapping(let mapping):
            return [.beginObject] + mapping.entries.flatMap { [.key($0.key)] + tokens(of: $0.value) } + [.endObject]
        case .sequence(let elements): return [.beginArray] + elements.flatMap(tokens) + [.endArray]
        case .scalar(let scalar) where scalar.style == .quoted: return [.string(scalar.text)]
        case .scalar(let scalar):
            return switch scalar.text {
            case "true": [.bool(true)]
            case "false": [.bool(false)]
            case "null": [.null]
            default: [.number(Double(scalar.text) ?? .nan)]
            }
        }
    }

    private static func faultOfPlanning(_ bytes: [UInt8]) -> String? {
        switch PlanLoader.load(SourceFile(name: "input.yaml", bytes: bytes), system: PulsarSystem()) {
        case .failure(let faults):
            return faults.diagnostics.isEmpty || faults.rendered.isEmpty ? "refused without a word" : nil
        case .success(let (plan, _)):
            guard let schedule = try? Scheduler.schedule(plan) else { return nil }
            let names = schedule.cells.map(\.name)
            return Set(names).count == names.count ? nil : "two cells have one name"
        }
    }
}
