import PluginAPI
import PluginTestKit
import Synchronization
import Testing

@testable import LabHost

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite struct TelemetryTests {
    private func telemetry(_ fixture: Fixture, clock: TestClock) -> Telemetry {
        Telemetry(
            of: fixture.experiment,
            cells: 2,
            version: "1.0",
            known: ExperimentState(),
            clock: clock.labClock,
            calls: { ["ec2:RunInstances": 3] },
            retries: { 1 }
        )
    }

    @Test func `what is not known has no line`() throws {
        let text = telemetry(try Fixture(), clock: TestClock()).text
        #expect(text.contains("labhost_cells{verdict=\"valid\"} 0\n"))
        #expect(text.contains("labhost_cells_scheduled 2\n"))
        #expect(text.contains("labhost_aws_calls_total{call=\"ec2:RunInstances\"} 3\n"))
        #expect(text.contains("labhost_aws_retries_total 1\n"))
        for name in ["spent_usd", "usd_per_hour", "publish_rate", "labhost_phase", "labhost_cell{"] {
            #expect(!text.contains(name))
        }
    }

    @Test func `it says what goes on, and names cannot break out of their quotes`() throws {
        let clock = TestClock()
        let telemetry = telemetry(try Fixture(), clock: clock)
        let start = clock.labClock.now()
        func tell(_ what: Event.What) { telemetry.apply(Event(time: start, what: what)) }
        tell(.phaseStarted(phase: "benchmark"))
        let volume = Resource(kind: "volume", id: "vol-1", name: "broker-1/data")
        tell(.created(resource: volume))
        let rate = Rate(parts: [.init(kind: "volume", what: "gp3", perHour: .usd(2))])
        tell(.priced(prices: Prices(entries: [.init(kind: "volume", id: "vol-1", rate: rate)], source: "a test")))
        tell(.cellStarted(cell: "a\"}\nb\\", index: 1, of: 2))
        tell(
            .period(
                sample: PeriodSample(
                    cell: "a\"}\nb\\",
                    isWarmup: false,
                    publishRate: 1000.5,
                    consumeRate: 999,
                    publishErrorRate: nil,
                    backlog: 3,
                    publishP99Ms: 4,
                    publishDelayP99Ms: nil
                )
            )
        )
        clock.advance(by: .seconds(1800))
        let text = telemetry.text
        #expect(text.contains("labhost_phase{phase=\"benchmark\"} 1\n"))
        #expect(text.contains("labhost_publish_rate{cell=\"a\\\"}\\nb\\\\\"} 1000.5\n"))
        #expect(text.contains("labhost_spent_usd 1\n"))
        #expect(text.contains("labhost_usd_per_hour 2\n"))
        tell(.cellEnded(cell: "a\"}\nb\\", verdict: .suspect, reasons: []))
        #expect(telemetry.text.contains("labhost_cells{verdict=\"suspect\"} 1\n"))
        #expect(!telemetry.text.contains("publish_rate"))
    }

    @Test(arguments: [
        ("127.0.0.1:9464", "127.0.0.1", 9464), ("9464", "127.0.0.1", 9464), (":0", "127.0.0.1", 0),
        ("localhost:80", "127.0.0.1", 80), ("[::1]:9464", "::1", 9464), ("0.0.0.0:1", "0.0.0.0", 1),
    ])
    func `an address is read`(_ text: String, _ host: String, _ port: Int) throws {
        let address = try ListenAddress(text)
        #expect(address.host == host)
        #expect(Int(address.port) == port)
    }

    @Test(arguments: [
        "", "a", "1.2.3.4", "host:1", "::1:80", "127.0.0.1:65536", "127.0.0.1:-1", "[]:1", "127.0.0.1:", "1:٣",
    ])
    func `what is no address is refused`(_ text: String) {
        let error = #expect(throws: LabError.self) { try ListenAddress(text) }
        #expect(error?.code == .usage)
    }
}

/// The listener with real sockets, and clients that mean no good.
@Suite struct TelemetryListenerTests {
    /// A busy machine may need long for what a client says at once.
    private func listener(patience: Duration = .seconds(60)) throws -> TelemetryListener {
        try TelemetryListener(at: ListenAddress("0"), patience: patience) { "labhost_info 1\n" }
    }

    /// What comes back for some bytes, with curl's own ways left out.
    private func ask(_ bytes: String, _ listener: TelemetryListener) async throws -> String {
        let port = listener.address.port
        let script = """
            exec 3<>/dev/tcp/127.0.0.1/\(port) || exit 1
            printf %b "$REQUEST" >&3 2>/dev/null
            timeout 100 cat <&3
            exit 0
            """
        let lines = Mutex<[String]>([])
        _ = try await SubprocessRunner().run(
            ProcessInvocation("/bin/bash", ["-c", script], environment: ["REQUEST": bytes])
        ) { line in lines.withLock { $0.append(line) } }
        return lines.withLock { $0.joined(separator: "\n") }
    }

    @Test func `metrics are served, and nothing else`() async throws {
        let listener = try listener()
        defer { listener.stop() }
        let good = try await ask("GET /metrics HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n", listener)
        #expect(good.hasPrefix("HTTP/1.1 200 OK"))
        #expect(good.contains("version=0.0.4"))
        #expect(good.contains("Connection: close"))
        #expect(good.hasSuffix("labhost_info 1"))
        let others = [
            ("GET / HTTP/1.1\\r\\n\\r\\n", "404"), ("GET /metrics/../etc/passwd HTTP/1.1\\r\\n\\r\\n", "404"),
            ("POST /metrics HTTP/1.1\\r\\nContent-Length: 1\\r\\n\\r\\nx", "405"),
            ("GET /metrics\\r\\n\\r\\n", "400"), ("GET  /metrics HTTP/1.1\\r\\n\\r\\n", "400"),
            ("GET /metrics HTTP/2\\r\\n\\r\\n", "400"), ("\\x00\\xff\\xfe\\r\\n\\r\\n", "400"), ("\\r\\n\\r\\n", "400"),
        ]
        for (request, status) in others {
            let reply = try await ask(request, listener)
            #expect(reply.hasPrefix("HTTP/1.1 \(status) "), "\(request)")
            #expect(!reply.contains("labhost_info"))
        }
    }

    @Test func `a header without an end is refused`() async throws {
        let listener = try listener()
        defer { listener.stop() }
        let reply = try await ask("GET /metrics HTTP/1.1\\r\\nX: " + String(repeating: "a", count: 20_000), listener)
        #expect(reply.hasPrefix("HTTP/1.1 431 "))
    }

    @Test func `a client that says nothing, or slowly, is let go and holds up nobody for long`() async throws {
        let listener = try listener(patience: .seconds(4))
        defer { listener.stop() }
        #expect(try await ask("GET /metrics", listener).isEmpty)
        async let silent = ask("", listener)
        async let half = ask("GET /metrics HTTP/1.1\\r\\n", listener)
        async let good = ask("GET /metrics HTTP/1.1\\n\\n", listener)
        #expect(try await good.contains("200 OK"))
        #expect(try await silent.isEmpty)
        #expect(try await half.isEmpty)
    }

    @Test func `a place that is taken is refused, and free again when the listener ends`() async throws {
        let listener = try listener()
        let taken = #expect(throws: LabError.self) { try TelemetryListener(at: listener.address) { "" } }
        #expect(taken?.code == .usage)
        listener.stop()
        listener.stop()
        var next: TelemetryListener?
        for _ in 0..<100 where next == nil {
            next = try? TelemetryListener(at: listener.address) { "" }
            if next == nil { try await Task.sleep(for: .milliseconds(50)) }
        }
        #expect(next != nil)
        next?.stop()
    }
}
