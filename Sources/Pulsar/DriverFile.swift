import PluginAPI

/// The file that tells OMB's Pulsar driver how to reach the cluster.
enum DriverFile {
    /// Where it is on the clients.
    static let path = "/opt/benchmark-configs/pulsar-driver.yaml"

    /// Its content for a cluster of ours.
    static func text(layout: PulsarLayout, brokers: [String]) -> String {
        text(
            serviceURL: layout.serviceURL(brokers),
            httpURL: layout.httpURL(brokers),
            clusterName: layout.spec.name,
            quorums: layout.quorums
        )
    }

    /// Its content. The quorums are the cluster's own: OMB's default fails on fewer than three bookies.
    static func text(serviceURL: String, httpURL: String, clusterName: String, quorums: Quorums) -> String {
        """
        name: Pulsar
        driverClass: io.openmessaging.benchmark.driver.pulsar.PulsarBenchmarkDriver
        client:
          serviceUrl: "\(serviceURL)"
          httpUrl: "\(httpURL)"
          clusterName: "\(clusterName)"
          namespacePrefix: benchmark/ns
          topicType: persistent
          ioThreads: 8
          connectionsPerBroker: 8
          persistence:
            ensembleSize: \(quorums.ensemble)
            writeQuorum: \(quorums.write)
            ackQuorum: \(quorums.ack)
            deduplicationEnabled: false
        producer:
          batchingEnabled: true
          batchingMaxPublishDelayMs: 1
          batchingMaxBytes: 131072
          blockIfQueueFull: true
        consumer:
          receiverQueueSize: 10000
          subscriptionType: Failover

        """
    }
}
