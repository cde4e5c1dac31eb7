public import PluginAPI

extension Cluster {
    /// A Pulsar cluster that somebody else set up: what to connect to is all that is known of it.
    ///
    /// - Parameters:
    ///   - hosts: The hosts, the clients among them.
    ///   - serviceURL: What clients connect to: `pulsar://10.0.1.7:6650`.
    ///   - httpURL: Where the brokers' administration is: `http://10.0.1.7:8080`.
    ///   - clusterName: The cluster's name, as its own configuration has it.
    ///   - bookies: How many bookies it has, for the quorums of new ledgers.
    ///   - health: What each host is asked; nil asks nothing.
    ///   - paths: Where OMB is on the clients; nil for where the image has it.
    /// - Returns: The cluster, with the driver file for it.
    public static func connected(
        hosts: [Host],
        serviceURL: String,
        httpURL: String,
        clusterName: String,
        bookies: Int,
        health: HealthCheck? = nil,
        paths: ClientPaths? = nil
    ) -> Cluster {
        let nothing = HealthCheck(script: "exit 0\n", stages: ["endpoint"])
        return Cluster(
            hosts: hosts,
            health: health ?? nothing,
            driver: DriverFile.text(
                serviceURL: serviceURL,
                httpURL: httpURL,
                clusterName: clusterName,
                quorums: Quorums(bookies: bookies)
            ),
            driverPath: DriverFile.path,
            endpoints: ["serviceUrl": serviceURL, "httpUrl": httpURL],
            paths: paths
        )
    }
}
