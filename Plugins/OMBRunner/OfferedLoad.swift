import PluginAPI

/// Says how many clients a rate needs that the present ones cannot offer.
///
/// That a rate was missed may be the cluster's doing or the clients'. It is the clients' where they were saturated: then
/// each offered what it can, and more of them offer more.
struct OfferedLoad {
    /// The rate that was asked for, in messages a second.
    let target: Int
    /// The rate that was published, in messages a second.
    let published: Double
    /// The clients that carried the load.
    let clients: Int

    /// The fewest clients that offer the rate, as far as each offers what it did; nil when the present ones do.
    ///
    /// One client produces and consumes. Of several some do this and some that, so one becomes no fewer than two.
    var clientsNeeded: Int? {
        guard published > 0, clients > 0, published < Double(target) * 0.99 else { return nil }
        let each = published / Double(clients)
        let needed = (Double(target) / each).rounded(.up)
        guard needed < 10_000 else { return nil }
        return max(Int(needed), clients + 1, 2)
    }

    /// The reason, with its arithmetic; nil when no more clients are needed, or none were saturated.
    func reason(saturated: [String]) -> VerdictReason? {
        guard !saturated.isEmpty, let needed = clientsNeeded else { return nil }
        let each = Int((published / Double(clients)).rounded())
        let text =
            "\(clients) \(clients == 1 ? "client" : "clients") offered \(Int(published.rounded()).grouped) of the "
            + "\(target.grouped) msg/s asked for, \(saturated.joined(separator: ", ")) saturated: at \(each.grouped) msg/s each "
            + "the rate needs at least \(needed) clients (\(target.grouped) / \(each.grouped))"
        return VerdictReason(.clientsNeeded, text)
    }
}
