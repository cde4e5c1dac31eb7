/// Which host gets which address, known before anything exists.
///
/// Components take turns: the n-th ZooKeeper, bookie, broker and client are neighbours. So an address depends on the
/// host's own name alone, and a cluster that grows by a broker leaves every other host as it was.
struct AddressPlan {
    /// AWS keeps the first four addresses of a subnet (network, router, DNS, future use) and the last (broadcast).
    private static let reservedAtStart = 4

    private let subnet: IPv4Range

    init(subnet: IPv4Range) { self.subnet = subnet }

    /// The address of host `number` (from 1) of a component.
    func address(of component: PulsarComponent, number: Int) -> String {
        subnet.address(at: AddressPlan.offset(of: component, number: number))
    }

    /// The longest prefix (the smallest subnet) that holds these hosts.
    static func longestPrefix(for counts: [PulsarComponent: Int]) -> Int {
        let last = counts.map { offset(of: $0.key, number: $0.value) }.max() ?? 0
        // One more for the broadcast address.
        return (16...28).last { IPv4Range(base: 0, prefix: $0).count >= last + 2 } ?? 16
    }

    private static func offset(of component: PulsarComponent, number: Int) -> Int {
        let turns = PulsarComponent.allCases
        return reservedAtStart + (number - 1) * turns.count + (turns.firstIndex(of: component) ?? 0)
    }
}
