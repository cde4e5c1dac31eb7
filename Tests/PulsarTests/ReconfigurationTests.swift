import Foundation
import PluginAPI
import Testing

@testable import Pulsar

@Suite("Reconfiguring, run for real in a folder") struct ReconfigurationTests {
    private func hosts(of spec: ClusterSpec) throws -> [PluginAPI.Host] {
        try PulsarLayout(spec).places.map { place in
            PluginAPI.Host(
                name: place.name,
                component: place.component.rawValue,
                instanceID: "i-\(place.name)",
                privateAddress: place.address,
                instanceType: "t3.small"
            )
        }
    }

    private func stages(from old: ClusterSpec?, to new: ClusterSpec, root: String = "") throws -> [ReconfigurationStage]
    {
        Reconfiguration(
            old: try old.map(PulsarLayout.init),
            new: try PulsarLayout(new),
            hosts: try hosts(of: new),
            root: root
        ).stages
    }

    @Test(arguments: ["zookeeper", "bookkeeper", "broker"])
    func thereAndBackGivesTheSameFile(component: String) throws {
        let machine = try Machine()
        let first = sampleSpec(settings: [component: ["only.first": "1", "both": "a"]])
        var second = sampleSpec(settings: [component: ["both": "it's \"b\" $(touch broken) `x`", "only.second": "2"]])
        second.components[component]?.heap = "2G"
        #expect(try machine.boot("\(component)-1", of: first).status == 0)
        let file = "opt/pulsar/conf/\(component).conf"
        let booted = try #require(machine.read(file))

        for (old, new) in [(first, second), (second, first), (nil, second), (nil, second), (second, first)] {
            let stage = try #require(
                stages(from: old, to: new, root: machine.root).first { $0.hosts[0].component == component }
            )
            let (status, output) = try machine.run(stage.script.text)
            #expect(status == 0, "\(output)")
            let text = try #require(machine.read(file))
            if new == first {
                // The order of lines that the image does not ship may differ.
                #expect(text.split(separator: "\n").sorted() == booted.split(separator: "\n").sorted())
            } else {
                #expect(!text.contains("only.first"))
                #expect(text.contains("both=it's \"b\" $(touch broken) `x`\n"))
                #expect(text.contains("only.second=2\n"))
            }
            let unit = machine.read(
                "etc/systemd/system/\(PulsarComponent(rawValue: component)?.service ?? "").service.d/labhost.conf"
            )
            #expect(unit?.contains("-Xmx2G") == (new == second))
        }
        #expect(!FileManager.default.fileExists(atPath: "\(machine.root)/broken"))
        #expect(machine.calls.count { $0.hasPrefix("systemctl restart") && !$0.contains("labhost-expire") } == 6)
    }

    @Test func onlyWhatChangedAndWhatDependsOnItIsRestarted() throws {
        let base = sampleSpec()
        #expect(try stages(from: base, to: base).isEmpty)
        let broker = sampleSpec(settings: ["broker": ["a": "1"]])
        #expect(try stages(from: base, to: broker).map(\.name) == ["restart brokers"])
        let bookie = sampleSpec(settings: ["bookkeeper": ["a": "1"]])
        #expect(try stages(from: base, to: bookie).map(\.name) == ["restart bookkeepers", "restart brokers"])
        let zookeeper = sampleSpec(settings: ["zookeeper": ["tickTime": "1"]])
        #expect(
            try stages(from: base, to: zookeeper).map(\.name) == [
                "restart zookeeper-1", "restart zookeeper-2", "restart zookeeper-3", "restart bookkeepers",
                "restart brokers",
            ]
        )
    }

    @Test func nothingIsTakenForGrantedWhenNobodyKnowsWhatTheClusterHas() throws {
        let names = try stages(from: nil, to: sampleSpec()).map(\.name)
        #expect(names.last == "write the driver file")
        #expect(names.count == 6)
    }

    @Test func whatHoldsDataNeedsOtherHosts() throws {
        let system = PulsarSystem()
        let base = system.infrastructure(of: sampleSpec())
        var memory = sampleSpec(settings: ["broker": ["managedLedgerCacheSizeMB": "512"]])
        memory.components["broker"]?.heap = "4G"
        #expect(system.infrastructure(of: memory) == base)
        for settings in [
            ["bookkeeper": ["journalDirectories": "/data/journal"]], ["zookeeper": ["dataDir": "/data"]],
            ["broker": ["webServicePort": "8081"]],
        ] {
            #expect(system.infrastructure(of: sampleSpec(settings: settings)) != base)
        }
    }
}
