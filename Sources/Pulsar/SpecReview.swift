import PluginAPI

/// Finds every fault of a specification, in the order of the plan's sections.
struct SpecReview {
    let spec: ClusterSpec

    init(_ spec: ClusterSpec) { self.spec = spec }

    /// The faults; empty when a cluster can be built.
    var faults: [SpecFault] {
        componentFaults + networkFaults + SettingsReview(spec).faults + quorumFaults
    }

    // MARK: Components

    private var componentFaults: [SpecFault] {
        let known = PulsarComponent.allCases.map(\.rawValue)
        let unknown = spec.components.keys.filter { !known.contains($0) }.sorted().map {
            fault("cluster.\($0)", "is no component of a Pulsar cluster; those are \(known.joined(separator: ", "))")
        }
        return unknown + PulsarComponent.allCases.flatMap(faults(of:))
    }

    private func faults(of component: PulsarComponent) -> [SpecFault] {
        let path = "cluster.\(component.rawValue)"
        guard let wanted = spec.components[component.rawValue] else { return [fault(path, "is missing")] }
        var faults: [SpecFault] = []
        if !component.counts.contains(wanted.count) {
            let (low, high) = (component.counts.lowerBound, component.counts.upperBound)
            faults.append(fault("\(path).count", "expected \(low) to \(high), found \(wanted.count)"))
        } else if component == .zookeeper, wanted.count.isMultiple(of: 2) {
            let why = "an even number survives no more failures than one less"
            faults.append(fault("\(path).count", "expected an odd number, found \(wanted.count): \(why)"))
        }
        if !isInstanceType(wanted.instanceType) {
            let message = "expected an EC2 instance type such as m6i.large, found \"\(wanted.instanceType)\""
            faults.append(fault("\(path).instance_type", message))
        }
        for (key, size) in [("heap", wanted.heap), ("direct_memory", wanted.directMemory)] {
            guard let size, !JVMMemory.isSize(size) else { continue }
            let message = "expected a size as Java takes it, such as 512M or 4G, found \"\(size)\""
            faults.append(fault("\(path).\(key)", message))
        }
        if let storage = wanted.storage {
            if component == .bookkeeper {
                faults += VolumeReview(storage).faults(at: "\(path).storage")
            } else {
                faults.append(fault("\(path).storage", "only bookkeeper has a data disk"))
            }
        }
        return faults
    }

    private func isInstanceType(_ text: String) -> Bool {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let allowed = "abcdefghijklmnopqrstuvwxyz0123456789-"
        return parts.count == 2 && parts.allSatisfy { !$0.isEmpty && $0.allSatisfy(allowed.contains) }
    }

    // MARK: Network

    private var networkFaults: [SpecFault] {
        var faults: [SpecFault] = []
        let vpc = range(spec.network.vpcCIDR, at: "network.vpc_cidr", sizes: 16...28, &faults)
        let subnet = range(spec.network.subnetCIDR, at: "network.subnet_cidr", sizes: 16...28, &faults)
        if let vpc, let subnet, !vpc.contains(subnet) {
            let message = "\(subnet.description) is not inside network.vpc_cidr \(vpc.description)"
            faults.append(fault("network.subnet_cidr", message))
        }
        if let subnet {
            let longest = AddressPlan.longestPrefix(for: counts)
            if subnet.prefix > longest {
                let message = "\(subnet.description) has no room for the cluster's hosts: a /\(longest) is needed"
                faults.append(fault("network.subnet_cidr", message))
            }
        }
        for (index, text) in spec.network.allowedSSHCIDRs.enumerated() {
            let path = "network.allowed_ssh_cidrs[\(index)]"
            if let range = range(text, at: path, sizes: 0...32, &faults), range.prefix == 0 {
                faults.append(fault(path, "would open SSH to the whole world; name the addresses that need it"))
            }
        }
        return faults
    }

    /// The hosts by component, as far as the counts are sane.
    private var counts: [PulsarComponent: Int] {
        var counts: [PulsarComponent: Int] = [:]
        for component in PulsarComponent.allCases {
            guard let count = spec.components[component.rawValue]?.count, component.counts.contains(count) else {
                continue
            }
            counts[component] = count
        }
        return counts
    }

    private func range(
        _ text: String,
        at path: String,
        sizes: ClosedRange<Int>,
        _ faults: inout [SpecFault]
    ) -> IPv4Range? {
        guard let range = IPv4Range(text), sizes.contains(range.prefix) else {
            let expected = sizes.lowerBound == 0 ? "such as 203.0.113.7/32" : "from /16 to /28, such as 10.0.0.0/16"
            faults.append(fault(path, "expected an IPv4 range \(expected), found \"\(text)\""))
            return nil
        }
        guard range.description == text else {
            faults.append(fault(path, "\"\(text)\" is not the start of its range; that is \(range.description)"))
            return nil
        }
        return range
    }

    // MARK: Quorums

    private var quorumFaults: [SpecFault] {
        guard let bookies = spec.components["bookkeeper"]?.count, bookies >= 1 else { return [] }
        let settings = spec.settings["broker"] ?? [:]
        guard let quorums = Quorums(bookies: bookies, settings: settings) else {
            return Quorums.keys.filter { settings[$0].map { Int($0) == nil } ?? false }.map {
                fault("pulsar.broker.\($0)", "expected a whole number, found \"\(settings[$0] ?? "")\"")
            }
        }
        func check(_ index: Int, _ value: Int, _ limit: Int, _ what: String) -> SpecFault? {
            guard !(1...max(limit, 1)).contains(value) else { return nil }
            return fault("pulsar.broker.\(Quorums.keys[index])", "expected 1 to \(what), found \(value)")
        }
        return [
            check(0, quorums.ensemble, bookies, "cluster.bookkeeper.count (\(bookies))"),
            check(1, quorums.write, quorums.ensemble, "the ensemble size (\(quorums.ensemble))"),
            check(2, quorums.ack, quorums.write, "the write quorum (\(quorums.write))"),
        ].compactMap { $0 }
    }

    private func fault(_ path: String, _ message: String) -> SpecFault { SpecFault(path: path, message: message) }
}
