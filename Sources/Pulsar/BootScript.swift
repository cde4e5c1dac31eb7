import PluginAPI

/// The script that a host runs as root at its first boot (cloud-init's user data).
///
/// It is made of assignments, where every value is quoted (``Shell``), functions that are the same for all hosts, and
/// the calls that this host needs. Running it again is safe. EC2 takes at most 16 KB of it.
struct BootScript {
    /// The most that EC2 takes, in bytes.
    static let limit = 16_384

    let layout: PulsarLayout
    /// When the host ends itself.
    let expiry: HostExpiry
    /// Where the host's folders begin; tests put them elsewhere.
    var root = ""

    /// The script of one host.
    func text(for place: PulsarLayout.Place) -> String {
        let spec = layout.spec.components[place.component.rawValue]
        let memory = JVMMemory.options(heap: spec?.heap, directMemory: spec?.directMemory)
        let values: [(name: String, value: String)] = [
            ("COMPONENT", place.component.rawValue),
            ("HOST_NAME", place.name),
            ("PRIVATE_ADDRESS", place.address),
            ("SERVICES", place.component.service ?? ""),
            ("SERVICE_PORT", port(of: place.component)),
            ("MEMORY", memory),
            ("CLUSTER", layout.spec.name),
            ("ZOOKEEPERS", layout.zookeepers(separator: ",")),
            ("EXPIRY", String(expiry.expiry)),
            ("LEASE", String(expiry.lease)),
            ("ROOT", root),
        ]
        let assignments = values.map { "\($0.name)=\(Shell.quoted($0.value))" }.joined(separator: "\n")
        return """
            #!/bin/bash
            # LabHost: what makes this machine a host of the cluster. Running it again is safe.
            set -Eeuo pipefail
            \(assignments)

            \(BootFunctions.text)

            \(steps(for: place))
            """
    }

    /// The calls, in order. The dead-man switch is first: whatever fails after it, the host ends itself.
    private func steps(for place: PulsarLayout.Place) -> String {
        var steps = ["begin", "expire"]
        let settings = ConfigurationFiles(layout: layout).settings(for: place)
            .map { "\($0.key)=\($0.value)" }.joined(separator: "\n")
        if let section = place.component.section {
            steps.append("configure \(section).conf \(Shell.document(settings))")
        }
        switch place.component {
        case .zookeeper:
            let directory = ConfigurationFiles(layout: layout).zookeeperDirectory
            steps += ["number \(place.number) \(Shell.quoted(directory))", "serve"]
            if place.number == 1 {
                let brokers = layout.addresses(of: .broker)
                let (web, service) = (layout.httpURL(brokers), layout.serviceURL(brokers))
                steps.append("initialise \(Shell.quoted(web)) \(Shell.quoted(service))")
            }
        case .bookkeeper:
            if layout.spec.components["bookkeeper"]?.storage != nil { steps.append("mount_ledgers") }
            steps += ["await_metadata", "serve"]
        case .broker:
            steps += ["await_metadata", "serve"]
        case .client:
            let text = DriverFile.text(layout: layout, brokers: layout.addresses(of: .broker))
            steps.append("drive \(Shell.quoted(DriverFile.path)) \(Shell.document(text))")
        }
        return (steps + ["finish", ""]).joined(separator: "\n")
    }

    private func port(of component: PulsarComponent) -> String {
        switch component {
        case .zookeeper: layout.port(.zookeeper)
        case .bookkeeper: layout.port(.bookie)
        case .broker: layout.port(.brokerHTTP)
        case .client: ""
        }
    }
}
