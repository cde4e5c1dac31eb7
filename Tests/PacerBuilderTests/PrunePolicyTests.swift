import Foundation
import Testing

@testable import PacerBuilder

/// Which images go, and which stay and why.
struct PrunePolicyTests {
    private let now = Date(timeIntervalSince1970: 1_800_000_000)

    private func image(
        _ id: String,
        days: Double? = 100,
        version: String = "3.0.0",
        state: String = "available",
        key: String? = "k",
        uses: [String]? = []
    ) -> LabImage {
        LabImage(
            id: id,
            name: id,
            region: "us-west-2",
            state: state,
            pulsarVersion: version,
            key: key,
            createdAt: days.map { now.addingTimeInterval(-$0 * 86_400) },
            uses: uses
        )
    }

    private func verdicts(_ images: [LabImage], keep: Int = 1) -> [String: PrunePolicy.Verdict] {
        let policy = PrunePolicy(keep: keep, olderThan: .seconds(30 * 86_400))
        return Dictionary(uniqueKeysWithValues: policy.verdicts(on: images, at: now).map { ($0.image.id, $0.verdict) })
    }

    @Test func `the newest of each version stay whatever their age`() {
        let found = verdicts(
            [image("a", days: 90), image("b", days: 80), image("c", days: 400, version: "2.10.0")]
        )
        #expect(found["a"] == .delete)
        #expect(found["b"] == .keep("one of the newest 1 with Pulsar 3.0.0"))
        #expect(found["c"] == .keep("one of the newest 1 with Pulsar 2.10.0"))
    }

    @Test func `what is young, used, unknown or being made stays`() {
        let found = verdicts(
            [
                image("new", days: 1), image("young", days: 29), image("used", uses: ["instance i-1"]),
                image("unasked", uses: nil), image("ageless", days: nil), image("pending", state: "pending"),
            ],
            keep: 0
        )
        #expect(found["young"] == .keep("it is not old enough"))
        #expect(found["used"] == .keep("in use by instance i-1"))
        #expect(found["unasked"] == .keep("nobody knows what uses it"))
        #expect(found["ageless"] == .keep("its age is unknown"))
        #expect(found["pending"] == .keep("it is being made"))
    }

    @Test func `one that failed goes, and does not count among the newest`() {
        let found = verdicts([image("broken", days: 1, state: "failed"), image("whole", days: 90)])
        #expect(found["broken"] == .delete)
        #expect(found["whole"] == .keep("one of the newest 1 with Pulsar 3.0.0"))
    }

    @Test func `what LabHost did not build is not looked at`() {
        #expect(verdicts([image("theirs", key: nil)], keep: 0).isEmpty)
    }
}

/// Equal content, equal key.
struct ContentKeyTests {
    @Test func `the order of parts does not matter, their borders do`() {
        let one = ContentKey(["a": Array("xy".utf8), "b": Array("z".utf8)])
        #expect(one == ContentKey(["b": Array("z".utf8), "a": Array("xy".utf8)]))
        #expect(one != ContentKey(["a": Array("x".utf8), "b": Array("yz".utf8)]))
        #expect(one != ContentKey(["a": Array("xyb".utf8), "": Array("z".utf8)]))
        #expect(one.text.count == 32)
        #expect(one.text == "f0aa890ce9bda769707134277126de4c")
    }
}
