import PluginAPI

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// How a made-up Pulsar cluster answers a load: a capacity, and a latency that rises with utilisation.
///
/// It is meant to be plausible and to react to what plans change, so that reports and comparisons have something to
/// show. It is no prediction: nothing in it was fitted to a measurement.
///
/// **Capacity** in messages a second is the least of these, with *b* bytes for each message (its size and 60 bytes of
/// frame), *S* subscriptions, *W* the write quorum:
/// - client: its processors, at 5 µs and 1 ns a byte for each send and for each receipt; its network, *b* out, *Sb* in
/// - brokers: their processors, at 6 µs and 2 ns a byte for each message and each delivery; their network, *(W + S)b* out
/// - bookies: their processors, at 4 µs and 1 ns a byte for each of *W* copies; their disks, *2Wb*, journal and ledger
///
/// Without batching each message costs four times the processor time.
///
/// **Latency** of a send is a floor of 0.4 ms on the wire and half the batching delay, and the time until the *A*-th
/// fastest of *W* bookies has synced: the mean of that order statistic of exponential times, *s·Σ 1/(W−i)* for *i < A*.
/// The second part is stretched by *1/(1−u)*, as in an M/M/1 queue at utilisation *u*. Two sends in a thousand meet a
/// pause (a garbage collection) of 12 ms on average, longer when *u* is high.
///
/// **Overload**: above capacity the rate stays at capacity, publish delay grows by *1 − capacity/target* seconds a
/// second, and a send waits behind a full queue of 1,000 messages for each producer.
struct ClusterModel: Sendable {
    /// Messages a second that the cluster can take.
    let capacity: Double
    /// The resource that sets the capacity.
    let bottleneck: String
    /// The part of a send's latency that load does not change, in milliseconds.
    let floorMs: Double
    /// The mean of the rest on an idle cluster, in milliseconds.
    let serviceMs: Double
    /// How long a full queue of pending messages takes to empty, in milliseconds.
    let queueMs: Double
    /// Why the cluster cannot serve the driver's settings; nil when it can.
    let refusal: String?

    /// Models a cluster that runs a workload through a driver.
    init(hosts: [Host], workload: SimulatedWorkload, driver: SimulatedDriver) {
        let client = InstanceClass(hosts.first { $0.component == "client" }?.instanceType ?? "unknown")
        let brokers = hosts.filter { $0.component == "broker" }.map { InstanceClass($0.instanceType) }
        let bookies = hosts.filter { $0.component == "bookkeeper" }.map { InstanceClass($0.instanceType) }
        let (ensemble, copies) = (driver.ensemble, Double(driver.writeQuorum))
        refusal =
            bookies.count < ensemble
            ? "Not enough non-faulty bookies available: ensemble size \(ensemble), bookies \(bookies.count)" : nil

        let size = Double(workload.messageSize)
        let framed = size + 60
        let subscriptions = Double(workload.subscriptionsPerTopic)
        let batching = driver.isBatching ? 1.0 : 4
        func seconds(_ microseconds: Double, _ nanosecondsPerByte: Double) -> Double {
            (microseconds * 1e-6 + nanosecondsPerByte * 1e-9 * size) * batching
        }
        let limits = [
            ("client processors", client.processors / (seconds(5, 1) * (1 + subscriptions))),
            ("client network", client.network / (framed * max(1, subscriptions))),
            ("broker processors", brokers.sum(\.processors) / (seconds(6, 2) * (1 + subscriptions))),
            ("broker network", brokers.sum(\.network) / (framed * (copies + subscriptions))),
            ("bookie processors", bookies.sum(\.processors) / (seconds(4, 1) * copies)),
            ("bookie disks", bookies.sum(\.disk) / (framed * copies * 2)),
        ]
        let least = limits.min { $0.1 < $1.1 } ?? ("nothing", 1)
        bottleneck = least.0
        // A component without hosts leaves nothing to divide; the run is refused anyway.
        capacity = max(least.1, 1)

        let sync = bookies.isEmpty ? 1 : bookies.sum(\.syncMs) / Double(bookies.count)
        floorMs = 0.4 + (driver.isBatching ? 0.5 : 0)
        serviceMs = (0..<driver.ackQuorum).reduce(0) { $0 + sync / Double(driver.writeQuorum - $1) }
        queueMs = 1000 * 1000 * Double(workload.topics * workload.producersPerTopic) / capacity
    }

    /// The share of the capacity that a rate takes, at most 1.
    func utilisation(at rate: Double) -> Double { min(rate / capacity, 1) }

    /// One send's latency in milliseconds.
    func publishLatency(at rate: Double, with noise: inout Noise) -> Double {
        let load = utilisation(at: rate)
        // Just below capacity a queue is not in balance within minutes: the stretch is bounded.
        let stretch = 1 / (1 - min(load, 0.97))
        var latency = floorMs + noise.exponential(serviceMs) * stretch
        if noise.uniform() < 0.002 { latency += noise.exponential(12 * (1 + 4 * load)) }
        if rate > capacity { latency += queueMs * (0.9 + 0.2 * noise.uniform()) }
        return latency
    }

    /// How late a message is sent that is due `time` seconds into the run, in milliseconds.
    func publishDelay(at rate: Double, time: Double, with noise: inout Noise) -> Double {
        let jitter = 0.09 + (noise.uniform() < 0.03 ? noise.exponential(1.5) : noise.exponential(0.01))
        guard rate > capacity else { return jitter }
        return jitter + time * (1 - capacity / rate) * 1000
    }
}

extension [InstanceClass] {
    fileprivate func sum(_ value: (InstanceClass) -> Double) -> Double { reduce(0) { $0 + value($1) } }
}

/// Numbers that look random and are the same each time for one seed (SplitMix64).
struct Noise {
    private var state: UInt64

    /// Begins a sequence.
    init(seed: UInt64) { state = seed }

    /// A number from 0 up to 1.
    mutating func uniform() -> Double {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return Double((mixed ^ (mixed >> 31)) >> 11) * 0x1p-53
    }

    /// An exponential time of a given mean.
    mutating func exponential(_ mean: Double) -> Double { -mean * log(1 - uniform()) }

    /// A number that spreads about 0 by about one (twelve uniform numbers are normal enough).
    mutating func normal() -> Double { (0..<12).reduce(-6) { sum, _ in sum + uniform() } }
}
