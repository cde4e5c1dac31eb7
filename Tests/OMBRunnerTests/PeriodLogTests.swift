import PluginAPI
import PluginTestKit
import SystemPackage
import Testing

@testable import OMBRunner

@Suite("The periods of a run are on disk as they come")
struct PeriodLogTests {
    private func sample(at offset: Double?) -> PeriodSample {
        PeriodSample(
            cell: "a",
            isWarmup: false,
            offsetSeconds: offset,
            publishRate: 1,
            consumeRate: 1,
            publishErrorRate: nil,
            backlog: 0,
            publishP99Ms: 1,
            publishDelayP99Ms: nil
        )
    }

    @Test("a period is written at once; one that is known already is not written again")
    func continued() throws {
        let directory = try TemporaryDirectory()
        var log = try PeriodLog(in: directory.path)
        #expect(try log.append(sample(at: 10)))
        #expect(try log.append(sample(at: 20)))
        #expect(try PeriodSeries.read(in: directory.path).map(\.offsetSeconds) == [10, 20])

        var again = try PeriodLog(in: directory.path)
        #expect(try !again.append(sample(at: 10)))
        #expect(try !again.append(sample(at: 20)))
        #expect(try again.append(sample(at: 30)))
        try again.finish()
        #expect(try PeriodSeries.read(in: directory.path).map(\.offsetSeconds) == [10, 20, 30])
    }

    @Test("a line that a kill cut off is left out, and the series goes on after it")
    func torn() throws {
        let directory = try TemporaryDirectory()
        var log = try PeriodLog(in: directory.path)
        _ = try log.append(sample(at: 10))
        let whole = try directory.text("periods.jsonl")
        try LocalFile.write((whole + whole.dropLast(20)).utf8, to: directory.path.appending("periods.jsonl"))
        var again = try PeriodLog(in: directory.path)
        #expect(try again.append(sample(at: 20)))
        #expect(try PeriodSeries.read(in: directory.path).map(\.offsetSeconds) == [10, 20])
    }

    @Test("of a long series as many are read as are wanted, evenly spread, the last among them")
    func thinned() throws {
        let directory = try TemporaryDirectory()
        var log = try PeriodLog(in: directory.path)
        for index in 1...100 { _ = try log.append(sample(at: Double(index))) }
        #expect(
            try PeriodSeries.read(in: directory.path, atMost: 10).map(\.offsetSeconds)
                == [10, 20, 30, 40, 50, 60, 70, 80, 90, 100]
        )
        #expect(try PeriodSeries.read(in: directory.path, atMost: 1000).count == 100)
    }

    @Test("times of day are seconds since the first line, over midnight, too")
    func midnight() {
        var clock = ConsoleClock()
        #expect(clock.offset(of: "23:59:50.500 [main] INFO x") == 0)
        #expect(clock.offset(of: "\tat a.b.c(D.java)") == nil)
        #expect(clock.offset(of: "23:59:59.999 [main] INFO x").map { ($0 * 1000).rounded() } == 9499)
        #expect(clock.offset(of: "00:00:10.500 [main] INFO x") == 20)
        #expect(clock.offset(of: "25:xx:10.500 [main] INFO x") == nil)
    }
}
