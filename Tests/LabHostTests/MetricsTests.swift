import Foundation
import PluginAPI
import PluginTestKit
import SystemPackage
import Testing

@testable import LabHost

@Suite struct MetricsTests {
    private static let all = Set(Step.allCases)

    private func series(_ name: String, _ values: [Double?]) -> MetricSeries {
        MetricSeries(
            host: "broker-1",
            name: name,
            unit: "%",
            start: Date(timeIntervalSince1970: 1000),
            stepSeconds: 1,
            values: values
        )
    }

    private func outcome(_ cell: String, _ fixture: Fixture) throws -> CellOutcome {
        try JSONCoding.decode(CellOutcome.self, from: Files.read(fixture.directory.outcome(of: cell)))
    }

    private func collections(_ fixture: Fixture) -> [String] { fixture.behaviour.collections.withLock { $0 } }

    @Test func `a collector looks at each cell, and its series and reasons go with the cell`() async throws {
        var fixture = try Fixture()
        let wanted = series("cpu", [1, nil, 3])
        fixture.behaviour.collect = { request in
            let reasons = request.cell.name == "two" ? [VerdictReason(.burstCredits, "credits used up")] : []
            return CollectedMetrics(series: [wanted], causes: reasons)
        }
        #expect(await (try fixture.engine()).run(Self.all, command: "run", version: "0").isEmpty)
        #expect(
            collections(fixture).map { $0.prefix { $0 != "-" } } == ["begin one", "end one", "begin two", "end two"]
        )
        #expect(try outcome("one", fixture).verdict == .valid)
        let doubted = try outcome("two", fixture)
        #expect(doubted.verdict == .suspect)
        #expect(doubted.causes.map(\.code) == [.burstCredits])
        let archive = MetricsArchive(fixture.directory.cells)
        #expect(try archive.series(of: "one") == [wanted])
        #expect(try archive.series(of: "three").isEmpty)
        #expect(!Files.exists(fixture.directory.cell("one").appending("metrics.begun")))
        let attributes = try FileManager.default.attributesOfItem(
            atPath: fixture.directory.cell("one").appending("metrics.json").string
        )
        let mode = attributes[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }

    @Test func `a collector that fails costs no cell`() async throws {
        var fixture = try Fixture()
        fixture.behaviour.begin = { throw LabError(.failed, "no curl") }
        fixture.behaviour.collect = { _ in throw LabError(.failed, "no answer") }
        #expect(await (try fixture.engine()).run(Self.all, command: "run", version: "0").isEmpty)
        #expect(try outcome("one", fixture).verdict == .valid)
        let text = try fixture.journalText
        #expect(text.contains("metrics of one: fake says nothing: no curl"))
        #expect(text.contains("metrics of one: fake says nothing: no answer"))
    }

    @Test func `a run that throws is looked at to its end, and an interrupted one is not cancelled again`() async throws
    {
        var fixture = try Fixture()
        fixture.behaviour.run = { _ in throw LabError(.interrupted, "Ctrl-C") }
        #expect(await !(try fixture.engine()).run(Self.all, command: "run", version: "0").isEmpty)
        #expect(collections(fixture).map { $0.prefix { $0 != "-" } } == ["begin one", "end one"])
        #expect(collections(fixture).last?.hasSuffix("cancelled: false") == true)
    }

    @Test func `after a crash the same collection goes on`() async throws {
        let fixture = try Fixture()
        let directory = fixture.directory.cell("one")
        try LocalFile.makeDirectory(directory)
        // What a process that was killed while it measured leaves.
        try LocalFile.write("1759999000".utf8, to: directory.appending("metrics.begun"))
        #expect(await (try fixture.engine()).run(Self.all, command: "run", version: "0").isEmpty)
        #expect(collections(fixture).first == "begin one-1759999000")
        #expect(collections(fixture)[1].hasPrefix("end one-1759999000"))
        #expect(collections(fixture)[2].hasPrefix("begin two-176"))
    }

    @Test(arguments: ["", "{", "[]", #"{"version":1,"series":[{"name":1}]}"#])
    func `an archive that cannot be read is not an empty one, and is named`(_ content: String) throws {
        let fixture = try Fixture()
        let file = fixture.directory.cell("one").appending("metrics.json")
        try LocalFile.makeDirectory(fixture.directory.cell("one"))
        try LocalFile.write(content.utf8, to: file)
        let archive = MetricsArchive(fixture.directory.cells)
        let error = #expect(throws: LabError.self) { try archive.series(of: "one") }
        #expect(error?.message == "cannot read the metrics of one in \(file)")
        #expect(try archive.series(of: "two").isEmpty)
    }

    @Test func `what is kept of a cell is bounded, and what is left out is said`() async throws {
        var fixture = try Fixture()
        let many = (0..<600).map { series("m\($0)", (0..<2000).map { Double($0) }) }
        fixture.behaviour.collect = { _ in CollectedMetrics(series: many) }
        #expect(await (try fixture.engine()).run(Self.all, command: "run", version: "0").isEmpty)
        let kept = try MetricsArchive(fixture.directory.cells).series(of: "one")
        #expect(kept.count == MetricsArchive.mostSeries)
        #expect(kept.reduce(0) { $0 + $1.values.count } <= MetricsArchive.mostValues)
        #expect(try fixture.journalText.contains("100 more series than are kept of a cell are left out"))
    }
}
