import PluginAPI

/// Finds the faults of a disk, against the limits that EBS has for its type.
struct VolumeReview {
    /// What EBS allows for one volume type.
    private struct Limits {
        var sizes: ClosedRange<Int>
        var iops: ClosedRange<Int>?
        var iopsPerGB: Int = .max
        var needsIOPS = false
        var throughput: ClosedRange<Int>?
    }

    private static let types: [String: Limits] = [
        "gp2": Limits(sizes: 1...16_384),
        "gp3": Limits(sizes: 1...16_384, iops: 3_000...16_000, iopsPerGB: 500, throughput: 125...1_000),
        "io1": Limits(sizes: 4...16_384, iops: 100...64_000, iopsPerGB: 50, needsIOPS: true),
        "io2": Limits(sizes: 4...65_536, iops: 100...256_000, iopsPerGB: 1_000, needsIOPS: true),
        "st1": Limits(sizes: 125...16_384),
        "sc1": Limits(sizes: 125...16_384),
    ]

    let volume: VolumeSpec

    init(_ volume: VolumeSpec) { self.volume = volume }

    /// The faults, with paths below `path`.
    func faults(at path: String) -> [SpecFault] {
        guard let limits = VolumeReview.types[volume.type] else {
            let known = VolumeReview.types.keys.sorted().joined(separator: ", ")
            return [SpecFault(path: "\(path).type", message: "expected one of \(known), found \"\(volume.type)\"")]
        }
        var faults: [SpecFault] = []
        func expect(_ key: String, _ value: Int, in range: ClosedRange<Int>) {
            guard !range.contains(value) else { return }
            let message = "expected \(range.lowerBound) to \(range.upperBound) for \(volume.type), found \(value)"
            faults.append(SpecFault(path: "\(path).\(key)", message: message))
        }
        func refuse(_ key: String) {
            faults.append(SpecFault(path: "\(path).\(key)", message: "cannot be chosen for \(volume.type)"))
        }
        expect("size_gb", volume.sizeGB, in: limits.sizes)
        switch (volume.iops, limits.iops) {
        case (let iops?, let range?):
            expect("iops", iops, in: range)
            // The baseline that the type has anyway comes with every size.
            if range.contains(iops), iops > range.lowerBound, iops / limits.iopsPerGB > volume.sizeGB {
                let message = "at most \(limits.iopsPerGB) for each GB of \(volume.type); size_gb is \(volume.sizeGB)"
                faults.append(SpecFault(path: "\(path).iops", message: message))
            }
        case (.some, nil): refuse("iops")
        case (nil, .some) where limits.needsIOPS:
            faults.append(SpecFault(path: "\(path).iops", message: "is required for \(volume.type)"))
        case (nil, _): break
        }
        switch (volume.throughputMBps, limits.throughput) {
        case (let throughput?, let range?):
            expect("throughput_mbps", throughput, in: range)
            let iops = volume.iops ?? limits.iops?.lowerBound ?? 0
            if range.contains(throughput), throughput > iops / 4 {
                let message = "\(throughput) MiB/s needs at least \(throughput * 4) iops (4 for each MiB/s)"
                faults.append(SpecFault(path: "\(path).throughput_mbps", message: message))
            }
        case (.some, nil): refuse("throughput_mbps")
        case (nil, _): break
        }
        return faults
    }
}
