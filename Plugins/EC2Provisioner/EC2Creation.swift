import AWS
import PluginAPI

/// Makes resources one by one: announced, tagged in the call that creates them, recorded, and made once even when a reply is
/// lost.
struct EC2Creation: Sendable {
    let context: PluginContext
    let client: AWSClient
    /// What an earlier attempt made, by kind.
    let existing: [String: String]

    /// How one kind is made and found.
    struct Kind: Sendable {
        var name: String
        var create: String
        /// The element of the reply that holds the new thing.
        var element: String
        var idElement: String
        var describe: String
        var list: String

        static let vpc = Kind(
            name: "vpc",
            create: "CreateVpc",
            element: "vpc",
            idElement: "vpcId",
            describe: "DescribeVpcs",
            list: "vpcSet"
        )
        static let subnet = Kind(
            name: "subnet",
            create: "CreateSubnet",
            element: "subnet",
            idElement: "subnetId",
            describe: "DescribeSubnets",
            list: "subnetSet"
        )
        static let internetGateway = Kind(
            name: "internet-gateway",
            create: "CreateInternetGateway",
            element: "internetGateway",
            idElement: "internetGatewayId",
            describe: "DescribeInternetGateways",
            list: "internetGatewaySet"
        )
        static let routeTable = Kind(
            name: "route-table",
            create: "CreateRouteTable",
            element: "routeTable",
            idElement: "routeTableId",
            describe: "DescribeRouteTables",
            list: "routeTableSet"
        )
        static let securityGroup = Kind(
            name: "security-group",
            create: "CreateSecurityGroup",
            element: "",
            idElement: "groupId",
            describe: "DescribeSecurityGroups",
            list: "securityGroupInfo"
        )

        static let all = [vpc, subnet, internetGateway, routeTable, securityGroup]
    }

    /// What an earlier attempt of the experiment made, by kind: the newest attempt completes it.
    static func existing(_ context: PluginContext, _ client: AWSClient) async throws -> [String: String] {
        try await withThrowingTaskGroup(of: (String, String?).self) { group in
            for kind in Kind.all { group.addTask { (kind.name, try await find(kind, context, client)) } }
            var found: [String: String] = [:]
            for try await (name, id) in group { found[name] = id }
            return found
        }
    }

    private static func find(_ kind: Kind, _ context: PluginContext, _ client: AWSClient) async throws -> String? {
        let filters: [QueryParameters.Filter] = ["Project", "ExperimentID"].compactMap { key in
            context.tags[key].map { .init("tag:\(key)", [$0]) }
        }
        return try await EC2(client).describe(kind.describe, list: kind.list, filters: filters).first?
            .text(kind.idElement)
    }

    /// Makes one resource, or takes the one that is there.
    ///
    /// - Parameters:
    ///   - kind: What it is.
    ///   - parameters: What the call takes besides tags.
    ///   - anew: Whether what an earlier attempt made is of no use.
    /// - Returns: Its id.
    /// - Throws: ``AWSError``, or what the ledger throws.
    func make(
        _ kind: Kind,
        _ parameters: QueryParameters = [:],
        anew: Bool = false
    ) async throws -> String {
        let name = context.experiment.rawValue
        if let id = existing[kind.name], !anew {
            try await context.events.record(.created(Resource(kind: kind.name, id: id, name: name)))
            return id
        }
        try await context.events.record(.intended(ResourceIntent(kind: kind.name, name: name)))
        var parameters = parameters
        parameters.add(tags: context.tags.merging(["Name": name]) { $1 }, for: [kind.name])
        let id = try await id(of: kind, parameters)
        try await context.events.record(.created(Resource(kind: kind.name, id: id, name: name)))
        return id
    }

    /// These calls know no client token: after an answer that does not say whether it was done, it is looked for by its tags.
    private func id(of kind: Kind, _ parameters: QueryParameters) async throws -> String {
        var attempt = 0
        while true {
            do {
                let reply = try await untilKnown {
                    try await client.query(.ec2, kind.create, parameters, safety: .once)
                }
                let node = kind.element.isEmpty ? reply : reply[kind.element]
                guard let id = node?.text(kind.idElement) else {
                    throw LabError(.provisioning, "the reply to \(kind.create) names no \(kind.name)")
                }
                return id
            } catch let error as AWSError where error.isAmbiguous && attempt < 5 {
                try await context.clock.sleep(Self.backoff.wait(attempt: attempt, random: context.clock.random()))
                attempt += 1
                if let id = try await Self.find(kind, context, client) { return id }
            }
        }
    }

    /// Makes a call that may come before what it names is known everywhere: EC2 is told of new things replica by replica.
    func untilKnown<Result>(_ call: () async throws -> Result) async throws -> Result {
        let deadline = context.clock.uptime() + .seconds(60)
        var attempt = 0
        while true {
            do { return try await call() } catch let error as AWSError
                where (error.isNotFound || error.isUnknownProfile) && context.clock.uptime() < deadline
            {
                try await context.clock.sleep(Self.backoff.wait(attempt: attempt, random: context.clock.random()))
                attempt += 1
            }
        }
    }

    /// Makes a call that does no harm when it is made twice; `done` says which refusals mean that it was made before.
    func ensure(_ service: AWSService, _ action: String, _ parameters: QueryParameters, done: Set<String> = [])
        async throws
    {
        do {
            _ = try await untilKnown { try await client.query(service, action, parameters, safety: .idempotent) }
        } catch let error as AWSError where done.contains(error.code) {}
    }

    private static let backoff = Backoff(first: .milliseconds(500), limit: .seconds(3))
}

extension AWSError {
    /// Whether nobody knows if the call was carried out.
    fileprivate var isAmbiguous: Bool {
        switch failure {
        case .lost, .timedOut: true
        case .refused, .unresolved, .untrusted, .other: false
        case nil: (status ?? 0) >= 500 && !isCapacity && !isThrottled
        }
    }
}
