import PluginAPI
import Testing

@testable import HostSampling

@Suite struct LoadTests {
    private func host(
        _ name: String,
        component: String = "client",
        type: String = "m6i.large",
        address: String = "10.0.1.7"
    )
        -> Host
    {
        Host(name: name, component: component, instanceID: "i-\(name)", privateAddress: address, instanceType: type)
    }

    /// Samples every 10 s, with the processors' busy, idle and stolen ticks of each interval.
    private func samples(_ intervals: [(busy: Int, idle: Int, stolen: Int)], exceeded: [Int]? = nil) -> String {
        var (user, idle, stolen) = (0, 0, 0)
        let all = [(busy: 0, idle: 0, stolen: 0)] + intervals
        return all.enumerated().map { index, interval in
            user += interval.busy
            idle += interval.idle
            stolen += interval.stolen
            let counters = "\(user) 0 0 \(idle) 0 0 0 \(stolen)"
            let network = "1000 \(index * 500) 2000 \(index * 500)"
            return
                "sample\t\(1000 + index * 10)\t\(counters)\t\(network)\t\(exceeded.map { "\($0[index])" } ?? "-")\t-\t-\t-\n"
        }.joined()
    }

    @Test func `the busiest minute counts, and not the mean of a long run`() throws {
        let quiet = Array(repeating: (busy: 10, idle: 90, stolen: 0), count: 30)
        let busy = Array(repeating: (busy: 95, idle: 5, stolen: 0), count: 6)
        let load = HostSamples(samples(quiet + busy + quiet)).load(of: host("client-1"))
        let percent = try #require(load.cpuPercent)
        #expect(abs(percent - 95) < 0.001)
        #expect(load.ranOutOfCredits == nil)
        #expect(load.exceededPercent == nil)
    }

    @Test func `what a short run was is what it was`() throws {
        let load = HostSamples(samples([(busy: 50, idle: 50, stolen: 0)])).load(of: host("client-1"))
        #expect(load.cpuPercent == 50)
    }

    @Test func `what does not move, is not there or cannot be read is not known`() {
        let still = "sample\t1000\t1 0 0 9 0 0 0 0\t-\t-\t-\t-\t-\nsample\t1010\t1 0 0 9 0 0 0 0\t-\t-\t-\t-\t-\n"
        for text in [still, "", "sample\t1000\t-\t-\t-\t-\nsample\t", "nonsense\n", "sample\tx\t-\t-\t-\t-\t-\t-\n"] {
            let load = HostSamples(text).load(of: host("client-1", type: "t3.small"))
            #expect(load == RunConditions.HostLoad(host: "client-1"))
        }
        #expect(RunConditions(["client-1": HostSamples("")], of: [host("client-1")]) == nil)
    }

    @Test func `a client on loopback shares its processors with what it measures`() {
        let load = HostSamples(samples([(busy: 99, idle: 1, stolen: 0)])).load(
            of: host("client-1", address: "127.0.0.1")
        )
        #expect(load.cpuPercent == nil)
    }

    @Test(arguments: [("t3.small", true), ("t4g.nano", true), ("m6i.large", nil), ("trn1.2xlarge", nil)])
    func `stolen time is throttling where there are credits`(type: String, expected: Bool?) {
        let stolen = HostSamples(samples([(busy: 30, idle: 40, stolen: 30)])).load(of: host("broker-1", type: type))
        #expect(stolen.stolenPercent == 30)
        #expect(stolen.ranOutOfCredits == expected)
        let little = HostSamples(samples([(busy: 30, idle: 67, stolen: 3)])).load(of: host("broker-1", type: type))
        #expect(little.ranOutOfCredits == expected.map { _ in false })
    }

    @Test func `packets beyond the allowance are a share of all packets`() {
        let text = samples([(busy: 1, idle: 1, stolen: 0), (busy: 1, idle: 1, stolen: 0)], exceeded: [7, 9, 27])
        #expect(HostSamples(text).load(of: host("client-1")).exceededPercent == 1)
    }

    @Test func `two clients' clocks are compared, with the error of both`() throws {
        let text = samples([(busy: 1, idle: 9, stolen: 0)])
        let conditions = try #require(
            RunConditions(
                [
                    "client-1": HostSamples(text + "clock\t0.004\t0.0005\n"),
                    "client-2": HostSamples(text + "clock\t-0.003\t0.0010\n"),
                    "broker-1": HostSamples(
                        text.replacing("-\t-\t-\n", with: "{\"action\": \"terminate\"}\t-\t-\n") + "clock\t9\t9\n"
                    ),
                ],
                of: [host("client-1"), host("client-2"), host("broker-1", component: "broker")]
            )
        )
        let skew = try #require(conditions.clockSkewMs)
        let error = try #require(conditions.clockErrorMs)
        #expect(abs(skew - 7) < 0.001)
        #expect(abs(error - 1.5) < 0.001)
        #expect(conditions.interrupted == ["broker-1"])
        #expect(conditions.clients.map(\.host) == ["client-1", "client-2"])
        #expect(conditions.servers.map(\.host) == ["broker-1"])
    }
}
