import PluginAPI

/// The file that tells OMB's Pulsar driver how to reach the cluster.
enum DriverFile {
    /// Where it is on the clients.
    static let path = "/opt/benchmark-configs/pulsar-driver.yaml"

    /// Its content. The quorums are the cluster's own: OMB's default fails on fewer than three bookies.
    static func text(layout: PulsarLayout, brokers: [String]) -> String {
        """
        name: Pulsar
        driverClass: io.openmessaging.benchmark.driver.pulsar.PulsarBenchmarkDriver
        client:
          serviceUrl: "\(layout.serviceURL(brokers))"
          httpUrl: "\(layout.httpURL(brokers))"
          clusterName: "\(layout.spec.name)"
          namespacePrefix: benchmark/ns
          topicType: persistent
          ioThreads: 8
          connectionsPerBroker: 8
          persistence:
            ensembleSize: \(layout.quorums.ensemble)
            writeQuorum: \(layout.quorums.write)
            ackQuorum: \(layout.quorums.ack)
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
