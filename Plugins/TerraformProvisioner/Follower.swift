import Document
import PluginAPI

/// Follows a command that changes things: writes the ledger, shows progress, and keeps what the outputs say.
actor Follower {
    private let context: PluginContext
    private let hosts: [String: TerraformVariables.Host]
    private let verb: String
    private var total: Int?
    private var planned = 0
    private var completed = 0
    /// The ids of resources that are being changed; an event that says "deleted" does not repeat them.
    private var ids: [TerraformAddress: String] = [:]

    /// The outputs of the root module, once the command has printed them.
    private(set) var outputs: Node?
    /// What the command deleted.
    private(set) var deleted: [Resource] = []

    /// Makes a follower of one command.
    ///
    /// - Parameters:
    ///   - context: Where events go.
    ///   - verb: What is done, for the progress line: `creating`.
    ///   - total: How many changes there will be; nil counts them as the command itself plans them.
    ///   - hosts: The hosts by name, whose facts go into the ledger.
    init(_ context: PluginContext, verb: String, total: Int? = nil, hosts: [String: TerraformVariables.Host] = [:]) {
        self.context = context
        self.verb = verb
        self.total = total
        self.hosts = hosts
    }

    /// Takes an event; throws when the ledger cannot be written, which must stop the command.
    func take(_ event: TerraformEvent) async throws {
        switch event {
        case .planned(_, let action) where action != "read": planned += 1
        case .started(let address, let action, let id):
            ids[address] = id
            if action != "read" { try await show(address) }
        case .completed(let address, let action, let id):
            if action == "read" { return }
            completed += 1
            try await record(address, action, id ?? ids[address])
            try await show(address)
        case .outputs(let node): outputs = node
        case .planned, .waiting, .failed, .diagnostic: break
        }
    }

    private func show(_ address: TerraformAddress) async throws {
        let all = total ?? planned
        try await context.events.progress(
            "\(verb) \(address.label)",
            completed: Double(completed),
            of: all > 0 ? Double(all) : nil
        )
    }

    private func record(_ address: TerraformAddress, _ action: String, _ id: String?) async throws {
        guard let kind = ResourceKinds.kind(of: address.type), let id else { return }
        switch action {
        case "create":
            let resource = Resource(kind: kind, id: id, name: address.name, attributes: attributes(of: address))
            try await context.events.record(.created(resource))
        case "delete":
            deleted.append(Resource(kind: kind, id: id, name: address.name))
            try await context.events.record(.deleted(kind: kind, id: id))
        default: break
        }
    }

    private func attributes(of address: TerraformAddress) -> [String: String] {
        guard address.type == "aws_instance", let host = hosts[address.name] else { return [:] }
        var attributes = ["component": host.component, "instanceType": host.instanceType]
        attributes["lifecycle"] = host.spot == nil ? "on-demand" : "spot"
        attributes["availabilityZone"] = context.cloud.availabilityZone
        // LabHost's module asks for one; a user's module may not, and then too much is reckoned rather than too little.
        attributes["publicAddress"] = "true"
        return attributes
    }
}
