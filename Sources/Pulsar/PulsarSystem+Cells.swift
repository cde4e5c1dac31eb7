public import PluginAPI

extension PulsarSystem {
    /// A prefix of the cell's own for the namespaces that OMB's driver makes.
    public func driverKeys(of cell: String, in experiment: ExperimentID) -> String? {
        CellNamespaces.driver(of: cell, in: experiment)
    }

    /// Deletes the namespaces of the experiment's cells, and waits until no client is connected to a broker.
    ///
    /// Where the brokers are nobody's hosts, a client does it, and who else is connected is not asked.
    public func cleaning(after experiment: ExperimentID, on cluster: Cluster) -> Cleaning? {
        let administration = cluster.endpoints["httpUrl"].flatMap(Self.firstAddress)
        guard let administration else { return nil }
        let brokers = cluster.hosts(of: PulsarComponent.broker.rawValue)
        let clients = cluster.hosts(of: PulsarComponent.client.rawValue)
        // On one machine every connection is from the same address, the brokers' own among them.
        let isOneMachine = Set(cluster.hosts.map(\.privateAddress)).count == 1
        let hosts = isOneMachine || brokers.isEmpty ? Array(clients.prefix(1)) : brokers
        guard !hosts.isEmpty else { return nil }
        let port = cluster.endpoints["serviceUrl"].flatMap(Self.firstAddress)?.split(separator: ":").last
        let script = CleaningScript(
            experiment: experiment,
            administration: administration,
            deleter: hosts.count > 1 ? hosts.first?.name : nil,
            port: port.map(String.init) ?? PulsarLayout.Port.broker.standard,
            clients: isOneMachine || brokers.isEmpty ? [] : clients.map(\.privateAddress)
        )
        return Cleaning(hosts: hosts, script: script.text)
    }

    /// The script that says what each host is made of.
    public func facts(of cluster: Cluster) -> Script? { FactsScript(paths: cluster.paths).script }

    /// The first `address:port` of a URL with several; nil where it has characters that no address has, or is not plain.
    private static func firstAddress(of url: String) -> String? {
        for scheme in ["http://", "pulsar://"] where url.hasPrefix(scheme) {
            let first = url.dropFirst(scheme.count).split(separator: ",").first?.split(separator: "/").first
            guard let first, first.wholeMatch(of: /[A-Za-z0-9.-]+(:[0-9]+)?/) != nil else { return nil }
            return String(first)
        }
        return nil
    }
}
