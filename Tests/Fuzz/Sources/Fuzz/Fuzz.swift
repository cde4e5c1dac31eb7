import Document
import LabHost
import Pulsar

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// libFuzzer's own main.
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ argc: UnsafeMutablePointer<CInt>,
    _ argv: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ target: @convention(c) (UnsafePointer<UInt8>, Int) -> CInt
) -> CInt

/// SwiftPM calls an executable's main by the name of its module.
@_cdecl("Fuzz_main")
public func main(_ argc: CInt, _ argv: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> CInt {
    var (argc, argv) = (argc, argv)
    return runDriver(&argc, &argv) { data, size in
        check(Array(UnsafeBufferPointer(start: data, count: size)))
        return 0
    }
}

/// Reads JSON token by token, in small pieces, and holds what comes against the tree.
private func checkStream(_ bytes: [UInt8], against tree: Node?) {
    var rest = bytes[...]
    var stream = JSONStream(file: "fuzz.json") {
        defer { rest = rest.dropFirst(3) }
        return Array(rest.prefix(3))
    }
    guard let tree else {
        while let token = try? stream.next(), token != .end {}
        return
    }
    var expected: [JSONStream.Token] = []
    collect(tree, into: &expected)
    for token in expected {
        let found = try? stream.next()
        precondition(found == token, "the stream gives \(found as Any) where the tree has \(token)")
    }
    precondition((try? stream.next()) == .end, "the stream goes on after the tree's end")
}

private func collect(_ node: Node, into tokens: inout [JSONStream.Token]) {
    switch node.content {
    case .mapping(let mapping):
        tokens.append(.beginObject)
        for entry in mapping.entries {
            tokens.append(.key(entry.key))
            collect(entry.value, into: &tokens)
        }
        tokens.append(.endObject)
    case .sequence(let elements):
        tokens.append(.beginArray)
        for element in elements { collect(element, into: &tokens) }
        tokens.append(.endArray)
    case .scalar(let scalar) where scalar.style == .quoted: tokens.append(.string(scalar.text))
    case .scalar(let scalar):
        switch scalar.text {
        case "true": tokens.append(.bool(true))
        case "false": tokens.append(.bool(false))
        case "null": tokens.append(.null)
        default: tokens.append(.number(Double(scalar.text) ?? .nan))
        }
    }
}

/// Reads some bytes in every way that bytes from outside are read.
///
/// They may be refused with an error. They may not crash, hang, take memory without bound (libFuzzer's own limits), or
/// change when what was read is written and read again.
private func check(_ bytes: [UInt8]) {
    if let node = try? YAML.parse(bytes, file: "fuzz.yaml") {
        let flow = YAML.flow(node)
        for text in [flow, YAML.block(node), JSON.text(node)] {
            guard let again = try? YAML.parse(Array(text.utf8), file: "again.yaml", limits: .result) else {
                preconditionFailure("what was written cannot be read: \(text)")
            }
            precondition(YAML.flow(again) == flow, "what was written reads differently: \(text)")
        }
    }
    let node = try? JSON.parse(bytes, file: "fuzz.json")
    if let node { _ = YAML.flow(node) }
    checkStream(bytes, against: node)
    let plan = PlanLoader.load(SourceFile(name: "fuzz.yaml", bytes: bytes), system: PulsarSystem())
    switch plan {
    case .failure(let faults): precondition(!faults.diagnostics.isEmpty && !faults.rendered.isEmpty)
    case .success(let (plan, _)):
        guard let schedule = try? Scheduler.schedule(plan) else { return }
        precondition(Set(schedule.cells.map(\.name)).count == schedule.cells.count, "two cells have one name")
    }
}
