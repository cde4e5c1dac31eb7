import PluginAPI
import PluginTestKit
import SystemPackage
import Testing

@testable import LabHost

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite struct ImportTests {
    private let home: TemporaryDirectory
    private let store: ExperimentStore
    private let date = Date(timeIntervalSince1970: 1_600_000_000)

    init() throws {
        home = try TemporaryDirectory()
        store = try ExperimentStore(environment: ["LABHOST_HOME": home.path.string])
    }

    private func outcome(_ workload: String, sha256: String, driver: String = "Pulsar") -> CellOutcome {
        var result = BenchmarkResult.withPeriods
        (result.workload, result.driver) = (workload, driver)
        result.provenance = Provenance(
            source: .imported,
            generation: .ombWithDelay,
            file: "x.json",
            sizeBytes: 1,
            sha256: sha256
        )
        return CellOutcome(verdict: .valid, result: result)
    }

    private func writer(_ name: String = "old", tags: [String: String] = ["team": "x"]) throws -> ImportWriter {
        try ImportWriter(in: store, name: name, tags: tags, version: "0")
    }

    @Test func `imported results are an experiment like any other, with repetitions and their hashes`() async throws {
        var writer = try writer()
        try writer.add([1], outcome("1 topic / 1 KB", sha256: "a"), endedAt: date)
        try writer.add([2], outcome("1 topic / 1 KB", sha256: "b"), endedAt: date)
        try writer.add([3], outcome("1-topic-1-KB", sha256: "c", driver: "Kafka"), endedAt: date)
        try writer.add([4], outcome("../../../etc", sha256: "d"), endedAt: date)
        let directory = try writer.finish()
        #expect(store.experiments == [directory])
        #expect(directory.id.rawValue.hasPrefix("exp-20200913-122640-"))
        let summary = try #require(ExperimentSummary(directory))
        #expect(summary.state == "done")
        #expect(summary.measured == 4)
        let history = try await History(in: store.home)
        #expect(try history.catchUp(with: store.experiments).isEmpty)
        let names = try history.cells().map(\.name).sorted()
        #expect(names[0...2] == ["1-topic-1-kb", "1-topic-1-kb#2", names[2]])
        #expect(names[2].hasPrefix("1-topic-1-kb-"))
        #expect(names[3] == "etc")
        #expect(try history.cells().allSatisfy { $0.environment["source"] == "import" && $0.endedAt == date })
        #expect(try history.imports().keys.sorted() == ["a", "b", "c", "d"])
        #expect(try Files.read(directory.cell("etc").appending("result.json")) == [4])
    }

    @Test func `nothing is seen of an import that is not finished`() throws {
        var writer = try writer()
        try writer.add([1], outcome("w", sha256: "a"), endedAt: date)
        #expect(store.experiments.isEmpty)
        writer.discard()
        #expect(Files.names(in: store.home.appending("experiments")).isEmpty)
    }

    @Test func `names and tags that cannot be used are refused before anything is written`() {
        #expect(throws: LabError.self) { try writer("../x") }
        #expect(throws: LabError.self) { try writer(tags: ["aws:x": "y"]) }
        #expect(throws: LabError.self) { try writer(tags: ["Project": "y"]) }
        #expect(Files.names(in: home.path).isEmpty)
    }

    @Test func `what is no file, or too large, is refused before it is read`() throws {
        #expect(throws: LabError.self) { try Files.checkReadable("/dev/zero", upTo: 10) }
        #expect(throws: LabError.self) { try Files.checkReadable(home.path, upTo: 10) }
        #expect(throws: LabError.self) { try Files.checkReadable(home.path.appending("none"), upTo: 10) }
        let path = home.path.appending("large")
        try LocalFile.write([UInt8](repeating: 0, count: 11), to: path)
        #expect(throws: LabError.self) { try Files.checkReadable(path, upTo: 10) }
        #expect(try Files.checkReadable(path, upTo: 11) <= Date())
    }
}
