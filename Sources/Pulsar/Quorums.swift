/// How many bookies hold a ledger, get each entry, and must confirm it.
struct Quorums: Equatable {
    var ensemble: Int
    var write: Int
    var ack: Int

    /// The keys of broker.conf, in the order of the fields.
    static let keys = [
        "managedLedgerDefaultEnsembleSize", "managedLedgerDefaultWriteQuorum", "managedLedgerDefaultAckQuorum",
    ]

    /// The quorums of a cluster: what the plan's broker settings say, else the most usual that its bookies allow.
    ///
    /// OMB's own default of 3/3/2 cannot write a single entry on fewer than three bookies, so the defaults follow the
    /// number of bookies, and what the plan leaves open follows what it says.
    ///
    /// - Returns: nil when a value that the plan gives is not a whole number.
    init?(bookies: Int, settings: [String: String]) {
        var given: [Int?] = []
        for key in Quorums.keys {
            guard let text = settings[key] else {
                given.append(nil)
                continue
            }
            guard let value = Int(text) else { return nil }
            given.append(value)
        }
        ensemble = given[0] ?? max(min(3, bookies), given[1] ?? 0, given[2] ?? 0)
        write = given[1] ?? max(min(3, ensemble), given[2] ?? 0)
        ack = given[2] ?? write / 2 + 1
    }

    /// The most usual quorums that so many bookies allow.
    init(bookies: Int) {
        ensemble = min(3, max(1, bookies))
        write = ensemble
        ack = write / 2 + 1
    }

    /// The values by their keys in broker.conf.
    var settings: [(key: String, value: String)] {
        Array(zip(Quorums.keys, [ensemble, write, ack].map(String.init))).map { (key: $0.0, value: $0.1) }
    }
}
