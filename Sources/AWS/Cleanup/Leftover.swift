import PluginAPI

/// A resource of the experiment that is still there, with what deleting it takes.
struct Leftover: Sendable, Hashable {
    var resource: Resource
    /// The entry of the describe call; nil for IAM.
    var node: XMLNode?
    /// Its tags; empty for an IAM entry of the ledger, which is ours without being asked for them.
    var tags: [String: String] = [:]

    /// Kind and id: what makes two of them the same thing.
    var key: Key { Key(kind: resource.kind, id: resource.id) }

    struct Key: Hashable, Sendable {
        var kind: String
        var id: String
    }
}

extension Resource {
    var key: Leftover.Key { Leftover.Key(kind: kind, id: id) }
}
