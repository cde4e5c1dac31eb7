import PluginAPI
import SystemPackage

/// The processes that make up a Pulsar on this machine, in the order in which they are started.
struct LocalLayout: Sendable, Hashable, Codable {
    /// One process.
    struct Process: Sendable, Hashable, Codable {
        /// The host's name, which is the job's, too: `broker-1`.
        var name: String
        var component: String
        /// Its configuration file's content, as far as it differs from the one that Pulsar ships.
        var configuration: [String: String]
        /// The file that Pulsar ships: `broker.conf`.
        var shipped: String
        /// The variable that names the configuration file.
        var variable: String
        /// What `bin/pulsar` is called with.
        var arguments: [String]
        /// What `bin/pulsar` does first, once; empty for nothing.
        var before: [String] = []
        /// The directories that it writes to.
        var directories: [String] = []
        /// The port on which it is up.
        var port: Int
    }

    /// The processes.
    var processes: [Process]
    /// The brokers' ports.
    var brokers: [(service: Int, web: Int)] { zip(servicePorts, webPorts).map { (service: $0, web: $1) } }
    private var servicePorts: [Int]
    private var webPorts: [Int]
    /// How many bookies there are.
    var bookies: Int

    static let clusterName = "standalone"

    /// What clients connect to.
    var serviceURL: String { "pulsar://" + servicePorts.map { "127.0.0.1:\($0)" }.joined(separator: ",") }
    /// Where the administration is.
    var httpURL: String { "http://" + webPorts.map { "127.0.0.1:\($0)" }.joined(separator: ",") }

    /// Pulsar in one process.
    ///
    /// - Parameters:
    ///   - directory: Where its data goes.
    ///   - settings: The plan's settings by file; all of them are the one file's.
    ///   - ports: At least four free ports.
    /// - Returns: The layout.
    static func standalone(in directory: FilePath, settings: [String: [String: String]], ports: [Int]) -> LocalLayout {
        let data = directory.appending("data").string
        var configuration = settings["bookkeeper", default: [:]].merging(settings["broker", default: [:]]) { $1 }
        configuration.merge([
            "advertisedAddress": "127.0.0.1", "bindAddress": "127.0.0.1", "brokerServicePort": "\(ports[0])",
            "webServicePort": "\(ports[1])",
        ]) { $1 }
        let process = Process(
            name: "broker-1",
            component: "broker",
            configuration: configuration,
            shipped: "standalone.conf",
            variable: "PULSAR_STANDALONE_CONF",
            arguments: [
                "standalone", "--no-functions-worker", "--no-stream-storage", "--metadata-dir", "\(data)/metadata",
                "--bookkeeper-dir", "\(data)/bookkeeper", "--bookkeeper-port", "\(ports[2])",
            ],
            directories: [data],
            port: ports[1]
        )
        return LocalLayout(processes: [process], servicePorts: [ports[0]], webPorts: [ports[1]], bookies: 1)
    }

    /// One ZooKeeper, and as many bookies and brokers as the plan has; all data in directories of their own.
    ///
    /// - Parameters:
    ///   - hosts: The plan's hosts.
    ///   - directory: Where the data goes.
    ///   - settings: The plan's settings by file.
    ///   - ports: As many free ports as ``portsNeeded(for:)`` says.
    /// - Returns: The layout.
    static func components(
        of hosts: [HostSpec],
        in directory: FilePath,
        settings: [String: [String: String]],
        ports: [Int]
    ) -> LocalLayout {
        var free = ports.makeIterator()
        func port() -> Int {
            guard let port = free.next() else { preconditionFailure("portsNeeded(for:) counts too few") }
            return port
        }
        func data(_ name: String, _ kind: String) -> String { directory.appending("data/\(name)/\(kind)").string }
        let bookies = hosts.filter { $0.component == "bookkeeper" }
        let brokers = hosts.filter { $0.component == "broker" }.map { (host: $0, service: port(), web: port()) }
        let zookeeper = port()
        let store = "zk:127.0.0.1:\(zookeeper)"
        var processes = [
            Process(
                name: "zookeeper-1",
                component: "zookeeper",
                configuration: settings["zookeeper", default: [:]].merging([
                    "clientPort": "\(zookeeper)", "dataDir": data("zookeeper-1", "data"),
                    "admin.enableServer": "false", "metricsProvider.httpPort": "\(port())",
                ]) { $1 },
                shipped: "zookeeper.conf",
                variable: "PULSAR_ZK_CONF",
                arguments: ["zookeeper"],
                directories: [data("zookeeper-1", "data")],
                port: zookeeper
            )
        ]
        let urls = brokers.first.map { ("http://127.0.0.1:\($0.web)", "pulsar://127.0.0.1:\($0.service)") }
        for (index, bookie) in bookies.enumerated() {
            let own = port()
            let directories = ["journal", "ledgers"].map { data(bookie.name, $0) }
            var process = Process(
                name: bookie.name,
                component: bookie.component,
                configuration: settings["bookkeeper", default: [:]].merging([
                    "bookiePort": "\(own)", "advertisedAddress": "127.0.0.1", "allowLoopback": "true",
                    "journalDirectories": directories[0], "ledgerDirectories": directories[1],
                    "metadataServiceUri": "metadata-store:\(store)/ledgers", "prometheusStatsHttpPort": "\(port())",
                ]) { $1 },
                shipped: "bookkeeper.conf",
                variable: "PULSAR_BOOKKEEPER_CONF",
                arguments: ["bookie"],
                directories: directories,
                port: own
            )
            if index == 0, let urls {
                process.before = [
                    "initialize-cluster-metadata", "--cluster", clusterName, "--metadata-store", store,
                    "--configuration-metadata-store", store, "--web-service-url", urls.0, "--broker-service-url",
                    urls.1,
                ]
            }
            processes.append(process)
        }
        let quorum = "\(min(3, max(1, bookies.count)))"
        for broker in brokers {
            let quorums = [
                "managedLedgerDefaultEnsembleSize": quorum, "managedLedgerDefaultWriteQuorum": quorum,
                "managedLedgerDefaultAckQuorum": "\((Int(quorum) ?? 1) / 2 + 1)",
            ]
            processes.append(
                Process(
                    name: broker.host.name,
                    component: broker.host.component,
                    configuration: quorums.merging(settings["broker", default: [:]]) { $1 }.merging([
                        "clusterName": clusterName, "metadataStoreUrl": store, "configurationMetadataStoreUrl": store,
                        "advertisedAddress": "127.0.0.1", "bindAddress": "127.0.0.1",
                        "brokerServicePort": "\(broker.service)", "webServicePort": "\(broker.web)",
                    ]) { $1 },
                    shipped: "broker.conf",
                    variable: "PULSAR_BROKER_CONF",
                    arguments: ["broker"],
                    port: broker.web
                )
            )
        }
        return LocalLayout(
            processes: processes,
            servicePorts: brokers.map(\.service),
            webPorts: brokers.map(\.web),
            bookies: bookies.count
        )
    }

    /// How many ports a cluster needs: two for each process, ZooKeeper's, which is always one, included.
    static func portsNeeded(for hosts: [HostSpec]) -> Int {
        2 * (1 + hosts.count { ["bookkeeper", "broker"].contains($0.component) })
    }
}
