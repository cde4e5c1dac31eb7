import PluginAPI

/// Finds the faults of the plan's `pulsar` section, whose values are written into configuration files as they are.
struct SettingsReview {
    let spec: ClusterSpec

    init(_ spec: ClusterSpec) { self.spec = spec }

    var faults: [SpecFault] {
        var faults: [SpecFault] = []
        if !isName(spec.name) || spec.name.utf8.count > 100 {
            let message = "expected letters, digits, '.', '_' and '-', found \"\(spec.name)\""
            faults.append(SpecFault(path: "pulsar.cluster_name", message: message))
        }
        let sections = PulsarComponent.allCases.compactMap(\.section)
        for (section, settings) in spec.settings.sorted(by: { $0.key < $1.key }) {
            guard sections.contains(section) else {
                let message = "is no configuration file; those are \(sections.joined(separator: ", "))"
                faults.append(SpecFault(path: "pulsar.\(section)", message: message))
                continue
            }
            for (key, value) in settings.sorted(by: { $0.key < $1.key }) {
                guard let message = fault(section, key, value) else { continue }
                faults.append(SpecFault(path: "pulsar.\(section).\(key)", message: message))
            }
        }
        return faults
    }

    private func fault(_ section: String, _ key: String, _ value: String) -> String? {
        if !isName(key) { return "a key has letters, digits, '.', '_' and '-' only" }
        if let scalar = value.unicodeScalars.first(where: { $0.properties.generalCategory == .control }) {
            return "a value has no line breaks or control characters; found U+\(String(scalar.value, radix: 16))"
        }
        // Settings that must agree with what is said elsewhere.
        switch (section, key) {
        case ("broker", "clusterName"): return "set pulsar.cluster_name, which the brokers and the driver share"
        case (_, "advertisedAddress"): return "is each host's own address, and cannot be one for all"
        case ("zookeeper", _) where key.hasPrefix("server."): return "the list of servers follows from the cluster"
        default: break
        }
        if PulsarLayout.Port.all.contains(where: { $0.section == section && $0.key == key }) {
            guard let port = Int(value), (1...65_535).contains(port), String(port) == value else {
                return "expected a port from 1 to 65535, found \"\(value)\""
            }
        }
        return nil
    }

    private func isName(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }
}
