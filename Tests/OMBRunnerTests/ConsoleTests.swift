import PluginAPI
import Testing

@testable import OMBRunner

@Suite("OMB's console is read line by line")
struct ConsoleTests {
    @Test("a period's line gives rates, backlog and latencies in LabHost's units")
    func period() throws {
        let line = """
            19:09:43.833 [main] INFO WorkloadGenerator - Pub rate  1098.6 msg/s / 68.7 MB/s | Pub err     2.5 err/s | \
            Cons rate  1575.7 msg/s / 98.5 MB/s | Backlog:  7.0 K | Pub Latency (ms) avg:  0.5 - 50%:  0.1 - 99%:  4.0 \
            - 99.9%: 16.5 - Max: 1037.5 | Pub Delay Latency (us) avg: 118636.7 - 50%: 1823.0 - 99%: 982647.0 - \
            99.9%: 1035291.0 - Max: 1037547.0
            """
        guard case .period(let period) = ConsoleLine(line[...]) else {
            Issue.record("not read as a period")
            return
        }
        #expect(period.publishRate == 1098.6)
        #expect(period.consumeRate == 1575.7)
        #expect(period.publishErrorRate == 2.5)
        #expect(period.backlog == 7000)
        #expect(period.publishP99Ms == 4)
        #expect(period.publishDelayP99Ms == 982.647)
    }

    @Test("an older OMB's period has no errors and no delay")
    func olderPeriod() throws {
        let message = """
            Pub rate 50001.7 msg/s / 48.8 Mb/s | Cons rate 50001.4 msg/s / 48.8 Mb/s | Backlog:  0.0 K | \
            Pub Latency (ms) avg:  3.1 - 50%:  2.9 - 99%:  9.4 - 99.9%: 21.9 - Max: 60.1
            """
        let period = try #require(PeriodLine(message[...]))
        #expect(period.publishErrorRate == nil)
        #expect(period.publishDelayP99Ms == nil)
        #expect(period.publishP99Ms == 9.4)
    }

    @Test("a recorded console goes through its stages in order")
    func stages() throws {
        var reader = ConsoleReader()
        let lines = reader.read(try Recording("redis-backlog-1gb-64kb").console()) + reader.finish()
        let marks = lines.filter {
            switch $0 {
            case .other, .continuation, .period: false
            default: true
            }
        }
        #expect(marks == [.workload, .ready, .measuring, .aggregated, .writing])
        #expect(lines.count { if case .period = $0 { true } else { false } } == 10)
        #expect(reader.complaints == [])
    }

    @Test("an error is kept with the exception that explains it")
    func complaint() throws {
        var reader = ConsoleReader()
        _ = reader.read(try Recording("silent-empty-payload-pool").console())
        #expect(reader.complaints == ["Got error: java.lang.IllegalArgumentException: bound must be positive"])
    }

    @Test("the same error a thousand times is one complaint")
    func repeated() {
        var reader = ConsoleReader()
        for second in 10..<60 {
            _ = reader.read(
                "12:00:\(second).000 [io-1] ERROR LocalWorker - Got error\njava.io.IOException: broken\n\tat A\n"
            )
        }
        #expect(reader.complaints == ["Got error: java.io.IOException: broken"])
    }

    @Test("what a launcher says that never got to OMB is kept as the last words")
    func lastWords() {
        var reader = ConsoleReader()
        _ = reader.read("/opt/omb/bin/benchmark: line 42: java: command not found\n\n")
        #expect(reader.complaints == [])
        #expect(reader.lastWords == "/opt/omb/bin/benchmark: line 42: java: command not found")
    }

    @Test("a flood without a line end does not fill the memory, and bytes that are no text do no harm")
    func flood() {
        var reader = ConsoleReader()
        for _ in 0..<100 { #expect(reader.read(String(repeating: "x", count: 100_000)).isEmpty) }
        #expect(reader.read("\u{0}\u{fffd}\r\n").count == 1)
    }
}

@Suite("The watchdog knows how OMB hangs")
struct WatchdogTests {
    private let cell = Cell.recorded("a", rate: 1000, minutes: 5, timeoutSeconds: 3600)
    private let line = PeriodLine(
        """
        Pub rate 1.0 msg/s | Cons rate 1.0 msg/s | Backlog: 0.0 K | Pub Latency (ms) avg: 1.0 - 99%: 1.0
        """
    )

    @Test("consumers that never get ready are noticed after 75 s, later when there are thousands of topics")
    func notReady() {
        var watchdog = Watchdog(cell: cell, at: .zero)
        watchdog.see(.workload, at: .seconds(2))
        #expect(watchdog.complaint(at: .seconds(76)) == nil)
        #expect(
            watchdog.complaint(at: .seconds(78))?.text == "topics, producers and consumers were not ready within 75 s"
        )
        var many = cell
        many.workload.topics = 5000
        var patient = Watchdog(cell: many, at: .zero)
        patient.see(.workload, at: .seconds(2))
        #expect(patient.complaint(at: .seconds(150)) == nil)
    }

    @Test("45 s without a period is a hang, whatever else is logged")
    func silence() throws {
        var watchdog = Watchdog(cell: cell, at: .zero)
        watchdog.see(.measuring, at: .seconds(10))
        watchdog.see(.period(try #require(line)), at: .seconds(20))
        watchdog.see(.other, at: .seconds(60))
        #expect(watchdog.complaint(at: .seconds(64)) == nil)
        #expect(
            watchdog.complaint(at: .seconds(66))?.text == "OMB reported nothing for 46 s, where it should every 10 s"
        )
    }

    @Test("brokers that took messages and take none for three periods are gone; slow ones are not")
    func brokerGone() throws {
        var silent = try #require(line)
        silent.publishRate = 0
        var watchdog = Watchdog(cell: cell, at: .zero)
        watchdog.see(.measuring, at: .zero)
        for (second, period) in [(10, try #require(line)), (20, silent), (30, silent), (40, try #require(line))] {
            watchdog.see(.period(period), at: .seconds(second))
            #expect(watchdog.complaint(at: .seconds(second)) == nil)
        }
        for second in [50, 60, 70] { watchdog.see(.period(silent), at: .seconds(second)) }
        let complaint = watchdog.complaint(at: .seconds(70))
        #expect(complaint == VerdictReason(.brokerGone, "nothing was published for 30 s, after messages had been"))
    }

    @Test("a run that never sends anything is stopped after two minutes of zeros")
    func neverSent() throws {
        var silent = try #require(line)
        silent.publishRate = 0
        var watchdog = Watchdog(cell: cell, at: .zero)
        watchdog.see(.warmup, at: .zero)
        for count in 1...12 {
            #expect(watchdog.complaint(at: .seconds(count * 10)) == nil)
            watchdog.see(.period(silent), at: .seconds(count * 10))
        }
        #expect(watchdog.complaint(at: .seconds(120))?.code == .nothingSent)
    }

    @Test("a result that is never written, a JVM that never starts and a cell that takes too long are noticed")
    func otherHangs() {
        let idle = Watchdog(cell: cell, at: .zero)
        #expect(idle.complaint(at: .seconds(91))?.text == "OMB did not begin the workload within 90 s")
        var writing = Watchdog(cell: cell, at: .zero)
        writing.see(.aggregated, at: .seconds(400))
        writing.see(.writing, at: .seconds(401))
        #expect(writing.complaint(at: .seconds(500)) == nil)
        #expect(
            writing.complaint(at: .seconds(581))?.text == "OMB had measured and did not write its result within 180 s"
        )
        #expect(writing.complaint(at: .seconds(3601))?.text == "it took longer than the 3600 s that the cell may take")
    }
}
