import Testing

@testable import EC2Provisioner

@Suite struct CapacityLadderTests {
    @Test func `every zone is tried with the planned types before other types are`() {
        var ladder = CapacityLadder(
            zone: "a",
            otherZones: ["b", "a"],
            alternatives: ["m5": ["m6", "m7"], "t3": ["t4"]]
        )
        var seen = [[ladder.zone ?? "", ladder.type(for: "m5"), ladder.type(for: "t3")]]
        while ladder.advance(lacking: ["m5"]) {
            seen.append([ladder.zone ?? "", ladder.type(for: "m5"), ladder.type(for: "t3")])
        }
        #expect(
            seen == [
                ["a", "m5", "t3"], ["b", "m5", "t3"], ["a", "m6", "t3"], ["b", "m6", "t3"], ["a", "m7", "t3"],
                ["b", "m7", "t3"],
            ]
        )
    }

    @Test func `what one zone lacked is replaced, whichever zone it was`() {
        var ladder = CapacityLadder(zone: nil, otherZones: ["b"], alternatives: ["m5": ["m6"], "t3": ["t4"]])
        let moved = [ladder.advance(lacking: ["m5"]), ladder.advance(lacking: ["t3"])]
        #expect(moved == [true, true])
        #expect(ladder.zone == nil)
        #expect(ladder.type(for: "m5") == "m6")
        #expect(ladder.type(for: "t3") == "t4")
    }

    @Test func `without alternatives there is one rung`() {
        var ladder = CapacityLadder(zone: "a", otherZones: [], alternatives: [:])
        let moved = ladder.advance(lacking: ["m5"])
        #expect(!moved)
    }
}
