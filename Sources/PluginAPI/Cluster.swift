/// One host as it is to be: everything is decided before anything is created.
public struct HostSpec: Sendable, Hashable, Codable {
    /// A name that is unique in the cluster: `broker-1`.
    public var name: String
    /// The component it runs: `zookeeper`, `bookkeeper`, `broker`, `client`.
    public var component: String
    /// The EC2 instance type.
    public var instanceType: String
    /// The private IPv4 address, fixed so that every host's configuration is known before it boots.
    public var privateAddress: String
    /// The script that the host runs as root at its first boot.
    public var userData: String
    /// The disk for data, besides the root disk; nil for none.
    public var dataVolume: VolumeSpec?

    /// Makes a host specification.
    public init(
        name: String,
        component: String,
        instanceType: String,
        privateAddress: String,
        userData: String,
        dataVolume: VolumeSpec? = nil
    ) {
        self.name = name
        self.component = component
        self.instanceType = instanceType
        self.privateAddress = privateAddress
        self.userData = userData
        self.dataVolume = dataVolume
    }
}

/// An EBS volume as it is to be.
public struct VolumeSpec: Sendable, Hashable, Codable {
    /// The volume type: `gp3`, `io2` …
    public var type: String
    /// The size in GiB.
    public var sizeGB: Int
    /// Provisioned operations a second; nil for the type's own.
    public var iops: Int?
    /// Provisioned throughput in MiB/s (gp3); nil for the type's own.
    public var throughputMBps: Int?

    /// Makes a volume specification.
    public init(type: String, sizeGB: Int, iops: Int? = nil, throughputMBps: Int? = nil) {
        self.type = type
        self.sizeGB = sizeGB
        self.iops = iops
        self.throughputMBps = throughputMBps
    }
}

/// The network of a cluster.
public struct NetworkSpec: Sendable, Hashable, Codable {
    /// The VPC's IPv4 range.
    public var vpcCIDR: String
    /// The subnet's IPv4 range, inside the VPC's.
    public var subnetCIDR: String
    /// Who may open SSH connections; nobody when empty.
    public var allowedSSHCIDRs: [String]

    /// Makes a network specification.
    public init(vpcCIDR: String, subnetCIDR: String, allowedSSHCIDRs: [String] = []) {
        self.vpcCIDR = vpcCIDR
        self.subnetCIDR = subnetCIDR
        self.allowedSSHCIDRs = allowedSSHCIDRs
    }
}

/// A machine image that hosts boot from.
public struct MachineImage: Sendable, Hashable, Codable {
    /// The AMI's id.
    public var id: String
    /// Its name.
    public var name: String
    /// The Pulsar version that it carries; nil when it does not say.
    public var pulsarVersion: String?

    /// Makes an image reference.
    public init(id: String, name: String, pulsarVersion: String? = nil) {
        self.id = id
        self.name = name
        self.pulsarVersion = pulsarVersion
    }
}

/// A host that exists.
public struct Host: Sendable, Hashable, Codable {
    /// The name given in the specification.
    public var name: String
    /// The component it runs.
    public var component: String
    /// The EC2 instance id, or whatever the executor addresses it by.
    public var instanceID: String
    /// The private IPv4 address.
    public var privateAddress: String
    /// The instance type.
    public var instanceType: String
    /// The availability zone; nil where there is none.
    public var availabilityZone: String?
    /// Whether it is a spot instance.
    public var isSpot: Bool

    /// Makes a host.
    public init(
        name: String,
        component: String,
        instanceID: String,
        privateAddress: String,
        instanceType: String,
        availabilityZone: String? = nil,
        isSpot: Bool = false
    ) {
        self.name = name
        self.component = component
        self.instanceID = instanceID
        self.privateAddress = privateAddress
        self.instanceType = instanceType
        self.availabilityZone = availabilityZone
        self.isSpot = isSpot
    }
}

/// A cluster that exists, with all that the engine must know to use it: it knows no Pulsar.
public struct Cluster: Sendable, Hashable, Codable {
    /// The hosts.
    public var hosts: [Host]
    /// What must hold before the cluster is ready.
    public var health: HealthCheck
    /// The OMB driver file's content.
    public var driver: String
    /// Where the driver file is on the clients.
    public var driverPath: String
    /// What clients connect to, by name: `serviceUrl`, `httpUrl`.
    public var endpoints: [String: String]
    /// Where things are on the clients, when that is not where LabHost's images have them.
    public var paths: ClientPaths?

    /// Makes a cluster.
    public init(
        hosts: [Host],
        health: HealthCheck,
        driver: String,
        driverPath: String,
        endpoints: [String: String],
        paths: ClientPaths? = nil
    ) {
        self.hosts = hosts
        self.health = health
        self.driver = driver
        self.driverPath = driverPath
        self.endpoints = endpoints
        self.paths = paths
    }

    /// The hosts of one component, in order.
    public func hosts(of component: String) -> [Host] { hosts.filter { $0.component == component } }
}

/// Where things are on a cluster's clients.
public struct ClientPaths: Sendable, Hashable, Codable {
    /// The benchmark's installation; nil for the runner's own idea of it.
    public var benchmark: String?
    /// The directory in which runs get directories of their own; nil for the runner's own idea of it.
    public var results: String?

    /// Makes paths.
    public init(benchmark: String? = nil, results: String? = nil) {
        self.benchmark = benchmark
        self.results = results
    }
}

/// One script, the same for every host, that says whether the host's services work.
///
/// It waits on the host, so that one call is enough while services start. It prints one line for each check:
/// `stage<TAB>check<TAB>ok|failed<TAB>detail`, followed for a failed one by the last lines of its journal, each
/// indented by a tab, and exits with 0 only when all are ok.
public struct HealthCheck: Sendable, Hashable, Codable {
    /// The script. `LABHOST_WAIT`, in seconds, is set in its environment by the engine.
    public var script: String
    /// The stages in the order in which they are reached: `boot`, `service`, `endpoint`.
    public var stages: [String]

    /// Makes a health check.
    public init(script: String, stages: [String]) {
        self.script = script
        self.stages = stages
    }
}

/// What a cluster is to be, before it is turned into hosts: the plan's `cluster`, `network` and `pulsar` sections.
public struct ClusterSpec: Sendable, Hashable, Codable {
    /// One component.
    public struct Component: Sendable, Hashable, Codable {
        /// How many hosts.
        public var count: Int
        /// The EC2 instance type.
        public var instanceType: String
        /// The JVM's heap, as `-Xmx` takes it: `512M`, `1G`.
        public var heap: String?
        /// The JVM's direct memory, as `-XX:MaxDirectMemorySize` takes it.
        public var directMemory: String?
        /// The data disk.
        public var storage: VolumeSpec?

        /// Makes a component.
        public init(
            count: Int,
            instanceType: String,
            heap: String? = nil,
            directMemory: String? = nil,
            storage: VolumeSpec? = nil
        ) {
            self.count = count
            self.instanceType = instanceType
            self.heap = heap
            self.directMemory = directMemory
            self.storage = storage
        }
    }

    /// The cluster's name, as its own configuration has it.
    public var name: String
    /// The components by name.
    public var components: [String: Component]
    /// The network.
    public var network: NetworkSpec
    /// How spot instances are asked for; nil for on-demand.
    public var spot: SpotRequest?
    /// Settings by configuration file (`broker`, `bookkeeper`, `zookeeper`) and key, as they are to be written.
    public var settings: [String: [String: String]]

    /// Makes a cluster specification.
    public init(
        name: String,
        components: [String: Component],
        network: NetworkSpec,
        spot: SpotRequest? = nil,
        settings: [String: [String: String]] = [:]
    ) {
        self.name = name
        self.components = components
        self.network = network
        self.spot = spot
        self.settings = settings
    }

    /// All but settings and memory, which a system may be able to change on hosts that run.
    public var infrastructure: ClusterSpec {
        var spec = self
        spec.settings = [:]
        spec.components = components.mapValues { component in
            var component = component
            (component.heap, component.directMemory) = (nil, nil)
            return component
        }
        return spec
    }
}

/// A kind of system that LabHost can bring up and measure. Pulsar is one; another is another such module.
public protocol SystemUnderTest: Sendable {
    /// The faults of a specification, each naming the plan's path (`cluster.broker.count`); empty when it can be built.
    func faults(in spec: ClusterSpec) -> [SpecFault]

    /// The hosts that make up the cluster, with fixed addresses and the script that each runs at its first boot.
    ///
    /// - Parameters:
    ///   - spec: A specification without faults.
    ///   - lifetime: When each host ends itself, whatever happened to its owner.
    /// - Returns: The hosts, by component and number.
    /// - Throws: ``LabError`` when the specification cannot be built after all.
    func hosts(for spec: ClusterSpec, lifetime: HostLifetime) throws -> [HostSpec]

    /// The script that makes a running host go on for another lease; nil when hosts do not end themselves.
    func renewal(of lifetime: HostLifetime) -> Script?

    /// What a change of needs new hosts; the rest is changed in place.
    func infrastructure(of spec: ClusterSpec) -> ClusterSpec

    /// What turns a running cluster into another one on the same hosts, stage after stage.
    ///
    /// - Parameters:
    ///   - old: What the cluster is; nil when nobody knows, so that everything is written anew.
    ///   - new: What it is to be; its ``infrastructure(of:)`` is that of `old`.
    ///   - hosts: The hosts.
    /// - Returns: The stages, in order; none when nothing has to change. Each stage's script may be run again.
    /// - Throws: ``LabError`` when the specification cannot be built after all.
    func reconfiguration(from old: ClusterSpec?, to new: ClusterSpec, on hosts: [Host]) throws -> [ReconfigurationStage]

    /// Keys of the benchmark's driver, as YAML, that give what a cell makes in the system a name of its own; nil when cells make
    /// nothing that stays.
    func driverKeys(of cell: String, in experiment: ExperimentID) -> String?

    /// What takes away everything that the cells of an experiment made; nil when they make nothing that stays.
    func cleaning(after experiment: ExperimentID, on cluster: Cluster) -> Cleaning?

    /// The script, the same for every host, that says what the host is made of, in the form that ``HostFacts`` reads; nil when
    /// there is nothing to say.
    func facts(of cluster: Cluster) -> Script?

    /// The cluster that stands on existing hosts.
    func cluster(for spec: ClusterSpec, on hosts: [Host]) throws -> Cluster
}

/// One stage of a reconfiguration: a script that some hosts run at the same time.
public struct ReconfigurationStage: Sendable, Hashable {
    /// A few words for the log: `restart brokers`.
    public var name: String
    /// The hosts.
    public var hosts: [Host]
    /// The script.
    public var script: Script

    /// Makes a stage.
    public init(name: String, hosts: [Host], script: Script) {
        self.name = name
        self.hosts = hosts
        self.script = script
    }
}

/// A fault in a specification, at a path of the plan.
public struct SpecFault: Sendable, Hashable {
    /// The place in the plan: `cluster.broker.heap`.
    public var path: String
    /// What is wrong with it.
    public var message: String

    /// Makes a fault.
    public init(path: String, message: String) {
        self.path = path
        self.message = message
    }
}

extension SystemUnderTest {
    /// For systems whose hosts do not end themselves.
    public func renewal(of lifetime: HostLifetime) -> Script? { nil }

    /// For systems in which cells make nothing that stays.
    public func driverKeys(of cell: String, in experiment: ExperimentID) -> String? { nil }

    /// For systems in which cells make nothing that stays.
    public func cleaning(after experiment: ExperimentID, on cluster: Cluster) -> Cleaning? { nil }

    /// For systems of whose hosts there is nothing to say.
    public func facts(of cluster: Cluster) -> Script? { nil }
}
