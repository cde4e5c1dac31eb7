/// The part of a plan that says what to build, of one small host for each component, and how long to measure.
enum SmallCluster {
    static let keys = """
        image: {pulsar_version: 3.0.0}
        cluster:
          zookeeper: {count: 1, instance_type: t3.micro}
          bookkeeper: {count: 1, instance_type: t3.small}
          broker: {count: 1, instance_type: t3.small}
          client: {count: 1, instance_type: t3.small}
        base_workload: {test_duration_minutes: 1, warmup_duration_minutes: 0}

        """
}
