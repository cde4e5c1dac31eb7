/// Where hosts are tried next when EC2 has no room: every zone with the planned types, then every zone with other types.
///
/// All hosts are in one zone, because traffic between zones is slower and is billed.
struct CapacityLadder: Sendable, Hashable {
    /// The zones in the order in which they are tried; nil lets EC2 choose.
    private let zones: [String?]
    private let alternatives: [String: [String]]
    private var position = 0
    private var steps: [String: Int] = [:]
    /// The planned types that some zone lacked since the types were last changed.
    private var lacking: Set<String> = []

    /// Makes a ladder, on its first rung.
    init(zone: String?, otherZones: [String], alternatives: [String: [String]]) {
        zones = [zone] + otherZones.filter { $0 != zone }
        self.alternatives = alternatives
    }

    /// The zone to use now.
    var zone: String? { zones[position] }

    /// The instance type to use now for a planned one.
    func type(for planned: String) -> String {
        guard let step = steps[planned], let others = alternatives[planned] else { return planned }
        return others[step]
    }

    /// Goes to the next rung.
    ///
    /// - Parameter types: The planned types for which there was no room.
    /// - Returns: Whether there is another rung.
    mutating func advance(lacking types: Set<String>) -> Bool {
        lacking.formUnion(types)
        if position + 1 < zones.count {
            position += 1
            return true
        }
        var hasChanged = false
        for type in lacking {
            let next = steps[type].map { $0 + 1 } ?? 0
            guard next < alternatives[type]?.count ?? 0 else { continue }
            steps[type] = next
            hasChanged = true
        }
        lacking = []
        position = 0
        return hasChanged
    }
}
