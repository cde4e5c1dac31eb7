#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// What is to be created.
public struct ProvisionRequest: Sendable, Hashable, Codable {
    /// The hosts.
    public var hosts: [HostSpec]
    /// The network.
    public var network: NetworkSpec
    /// How spot instances are asked for; nil for on-demand.
    public var spot: SpotRequest?
    /// What they boot from.
    public var image: MachineImage
    /// When everything expires.
    public var expiry: Date
    /// Settings by configuration file and key, for provisioners that start services by themselves: hosts that boot have them in
    /// their boot scripts.
    public var settings: [String: [String: String]]

    /// Makes a request.
    public init(
        hosts: [HostSpec],
        network: NetworkSpec,
        spot: SpotRequest? = nil,
        image: MachineImage,
        expiry: Date,
        settings: [String: [String: String]] = [:]
    ) {
        self.hosts = hosts
        self.network = network
        self.spot = spot
        self.image = image
        self.expiry = expiry
        self.settings = settings
    }
}

extension ProvisionRequest {
    /// What a specification's hosts need.
    public init(_ spec: ClusterSpec, hosts: [HostSpec], image: MachineImage, expiry: Date) {
        self.init(
            hosts: hosts,
            network: spec.network,
            spot: spec.spot,
            image: image,
            expiry: expiry,
            settings: spec.settings
        )
    }
}

/// What would be created: shown before anything is.
public struct ResourcePreview: Sendable, Hashable, Codable {
    /// How many of each kind.
    public var counts: [String: Int]

    /// Makes a preview.
    public init(counts: [String: Int]) { self.counts = counts }

    /// How many in all.
    public var total: Int { counts.values.reduce(0, +) }
}

/// The state of a host as the cloud sees it.
public enum HostState: Sendable, Hashable, Codable {
    /// On its way.
    case pending
    /// Running.
    case running
    /// It will not run any more; with the reason the cloud gives.
    case gone(String)
}

/// What a teardown found and did.
public struct TeardownOutcome: Sendable, Hashable, Codable {
    /// A resource that is still there.
    public struct Remaining: Sendable, Hashable, Codable {
        /// The kind, as in ``Resource/kind``.
        public var kind: String
        /// The id.
        public var id: String
        /// What kept it from being deleted, as the other side said it.
        public var reason: String
        /// The command that would delete it.
        public var command: String?
        /// What it goes on costing an hour; nil when nobody has looked.
        public var perHour: Cost?

        /// Makes an entry.
        public init(kind: String, id: String, reason: String, command: String? = nil, perHour: Cost? = nil) {
            self.kind = kind
            self.id = id
            self.reason = reason
            self.command = command
            self.perHour = perHour
        }
    }

    /// What was deleted by this teardown.
    public var deleted: [Resource]
    /// What is still there; nil when it could not be found out.
    public var remaining: [Remaining]
    /// Whether absence was verified by asking for the experiment's tags after the last deletion.
    public var isVerified: Bool
    /// What went wrong on the way, even if all ended well.
    public var errors: [LabError]

    /// Makes an outcome.
    public init(deleted: [Resource], remaining: [Remaining], isVerified: Bool, errors: [LabError] = []) {
        self.deleted = deleted
        self.remaining = remaining
        self.isVerified = isVerified
        self.errors = errors
    }
}

/// Creates a cluster's hosts, and destroys them.
public protocol Provisioner: Plugin {
    /// Reads the outside world and changes nothing: tools, versions, credentials, quotas.
    ///
    /// - Throws: ``LabError`` with code ``LabError/Code/preflight``.
    func preflight() async throws

    /// Says what ``provision(_:)`` would create without asking anybody; nil when only the outside world knows.
    func outline(_ request: ProvisionRequest) throws -> ResourcePreview?

    /// Says what ``provision(_:)`` would create, changing nothing but the plugin's own directory.
    func preview(_ request: ProvisionRequest) async throws -> ResourcePreview

    /// Creates the hosts, each create announced by ``PluginEvent/intended(_:)`` and followed by
    /// ``PluginEvent/created(_:)``. Doing it again after a crash completes what is missing.
    ///
    /// - Throws: ``LabError`` with code ``LabError/Code/provisioning``.
    func provision(_ request: ProvisionRequest) async throws -> [Host]

    /// The cluster on hosts that came up in a way of the provisioner's own; nil when it is as the system under test has it.
    ///
    /// Such a cluster is not reconfigured in place.
    ///
    /// - Throws: ``LabError`` when it cannot be described any more.
    func cluster(on hosts: [Host]) throws -> Cluster?

    /// The state of each host, by name.
    func states(of hosts: [Host]) async throws -> [String: HostState]

    /// Deletes everything that belongs to the experiment, and verifies it.
    ///
    /// Idempotent: what is gone already is success. It goes on past errors and never runs in a cancelled task. It
    /// works from the ledger and the tags alone: the plugin's directory may be gone.
    ///
    /// - Parameter known: The resources that the ledger has as created and not as deleted.
    /// - Returns: What was deleted, what is left, and whether that was verified.
    /// - Throws: ``LabError`` only when nothing at all could be done.
    func teardown(_ known: [Resource]) async throws -> TeardownOutcome
}

extension Provisioner {
    /// For provisioners of bare hosts.
    public func cluster(on hosts: [Host]) throws -> Cluster? { nil }
}
