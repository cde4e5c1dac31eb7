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
    if let node = try? JSON.parse(bytes, file: "fuzz.json") { _ = YAML.flow(node) }
    let plan = PlanLoader.load(SourceFile(name: "fuzz.yaml", bytes: bytes), system: PulsarSystem())
    switch plan {
    case .failure(let faults): precondition(!faults.diagnostics.isEmpty && !faults.rendered.isEmpty)
    case .success(let (plan, _)):
        guard let schedule = try? Scheduler.schedule(plan) else { return }
        precondition(Set(schedule.cells.map(\.name)).count == schedule.cells.count, "two cells have one name")
    }
}
