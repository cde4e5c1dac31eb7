/// What a host's sampler wrote: counters, of which only differences mean anything.
public struct HostSamples: Sendable, Hashable {
    /// One moment.
    public struct Sample: Sendable, Hashable {
        /// Seconds since 1970, on the host's own clock.
        public var time: Double
        /// The processors' time by what they did; nil where the kernel does not say.
        public var processors: Processors?
        /// What went through the network; nil where the kernel does not say.
        public var network: Network?
        /// Packets that were queued or dropped because the instance's network allowance was used up; nil where nobody counts.
        public var exceeded: Double?
        /// The instance's spot notice, as its metadata has it; nil for none.
        public var notice: String?
        /// The memory; nil where the kernel does not say.
        public var memory: Memory?
        /// The disks; none where the kernel does not say.
        public var disks: [Disk] = []
    }

    /// The memory, in bytes.
    public struct Memory: Sendable, Hashable {
        /// All of it.
        public var total: Double
        /// What can be had without swapping.
        public var available: Double
    }

    /// One whole disk, since the host booted.
    public struct Disk: Sendable, Hashable {
        /// The kernel's name: `nvme1n1`.
        public var name: String
        /// Bytes read.
        public var readBytes: Double
        /// Bytes written.
        public var writtenBytes: Double
        /// Seconds in which at least one request was under way.
        public var busySeconds: Double
    }

    /// The time of all processors, in the kernel's ticks.
    public struct Processors: Sendable, Hashable {
        /// All of it.
        public var total: Double
        /// What they had nothing to do in, waiting for disks included.
        public var idle: Double
        /// What the hypervisor gave to others.
        public var stolen: Double
    }

    /// What went through all interfaces but the loopback.
    public struct Network: Sendable, Hashable {
        /// Bytes received.
        public var receivedBytes: Double
        /// Packets received.
        public var receivedPackets: Double
        /// Bytes sent.
        public var sentBytes: Double
        /// Packets sent.
        public var sentPackets: Double
    }

    /// How far the host's clock is from the time that it is kept by.
    public struct Clock: Sendable, Hashable {
        /// The difference in seconds, of the same sign for all hosts.
        public var offset: Double
        /// How far that may be wrong, in seconds.
        public var errorBound: Double
    }

    /// The moments, in order.
    public var samples: [Sample]
    /// The clock when the samples were collected; nil when nobody keeps it, or it is not kept yet.
    public var clock: Clock?

    /// Reads what ``Sampler/collect`` prints. Lines that cannot be read are left out: a host may end amid one.
    public init(_ text: String) {
        samples = []
        for line in text.split(separator: "\n") {
            let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
            switch fields.first {
            case "sample" where fields.count == 8:
                guard let time = Double(fields[1]) else { continue }
                samples.append(
                    Sample(
                        time: time,
                        processors: Self.processors(fields[2]),
                        network: Self.network(fields[3]),
                        exceeded: Double(fields[4]),
                        notice: fields[5] == "-" || fields[5].isEmpty ? nil : String(fields[5]),
                        memory: Self.memory(fields[6]),
                        disks: fields[7].split(separator: " ").compactMap(Self.disk)
                    )
                )
            case "clock" where fields.count == 3:
                guard let offset = Double(fields[1]), let bound = Double(fields[2]) else { continue }
                clock = Clock(offset: offset, errorBound: bound)
            default: continue
            }
        }
    }

    private static func processors(_ text: Substring) -> Processors? {
        let counters = text.split(separator: " ").compactMap { Double($0) }
        guard counters.count == 8 else { return nil }
        return Processors(total: counters.reduce(0, +), idle: counters[3] + counters[4], stolen: counters[7])
    }

    private static func memory(_ text: Substring) -> Memory? {
        let kilobytes = text.split(separator: " ").compactMap { Double($0) }
        guard kilobytes.count == 2 else { return nil }
        return Memory(total: kilobytes[0] * 1024, available: kilobytes[1] * 1024)
    }

    /// A sector is 512 bytes here, whatever the disk's own are: Documentation/block/stat.rst of Linux.
    private static func disk(_ text: Substring) -> Disk? {
        let parts = text.split(separator: ":")
        let counters = parts.dropFirst().compactMap { Double($0) }
        guard parts.count == 4, counters.count == 3 else { return nil }
        return Disk(
            name: String(parts[0]),
            readBytes: counters[0] * 512,
            writtenBytes: counters[1] * 512,
            busySeconds: counters[2] / 1000
        )
    }

    private static func network(_ text: Substring) -> Network? {
        let counters = text.split(separator: " ").compactMap { Double($0) }
        guard counters.count == 4 else { return nil }
        return Network(
            receivedBytes: counters[0],
            receivedPackets: counters[1],
            sentBytes: counters[2],
            sentPackets: counters[3]
        )
    }
}
