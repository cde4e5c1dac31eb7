import Foundation
import PluginAPI
import Testing

@testable import Pulsar

@Suite("What a host says of itself, run for real in a folder") struct FactsTests {
    private let host = PluginAPI.Host(
        name: "broker-1",
        component: "broker",
        instanceID: "i-1",
        privateAddress: "10.0.1.6",
        instanceType: "m6i.large"
    )

    private func facts(_ machine: Machine) throws -> HostFacts {
        let (status, output) = try machine.run(FactsScript(paths: nil, root: machine.root).script.text)
        #expect(status == 0)
        return HostFacts(of: host, report: output)
    }

    @Test func `a broker tells its versions and its effective settings, without secrets`() throws {
        let machine = try Machine()
        try machine.boot("broker-1", of: sampleSpec())
        try machine.write("opt/pulsar/lib/org.apache.pulsar-pulsar-broker-3.0.5.jar", "broker")
        try machine.write(
            "opt/pulsar/conf/broker.conf",
            """
            # a comment = with a sign
            clusterName=first
            clusterName=labhost
            brokerClientAuthenticationParameters=token:abc.def.ghi
            brokerClientTlsTrustStorePassword=hunter2hunter2
            tokenSecretKey=data:;base64,Zm9v
            webhook=https://user:geheim99@example.org/x
            with=a\ttab
            empty=
            """
        )
        try machine.command("bin/curl", "case $* in *token) printf T ;; *ami-id) printf ami-0123 ;; *) exit 22 ;; esac")
        try machine.command("bin/java", "echo 'openjdk version \"17.0.9\" 2023-10-17' >&2")
        try machine.command("bin/lscpu", "echo 'Model name:          Intel(R) Xeon(R) Platinum 8375C'")
        let facts = try facts(machine)
        #expect(facts.image == "ami-0123")
        #expect(facts.instanceType == nil)
        #expect(facts.java == "openjdk version 17.0.9 2023-10-17")
        #expect(facts.cpuModel == "Intel(R) Xeon(R) Platinum 8375C")
        #expect(facts.versions == ["pulsar": "3.0.5"])
        // Of the six letters that the file holds.
        let hash = facts.hashes["/opt/pulsar/lib/org.apache.pulsar-pulsar-broker-3.0.5.jar"]
        #expect(hash == "faa2a9bdcc837728fffdebbca0ada344aca67ebe6aa54836d298377820590de2")
        #expect(
            facts.settings["broker.conf"] == [
                "clusterName": "labhost", "brokerClientAuthenticationParameters": "********",
                "brokerClientTlsTrustStorePassword": "********", "tokenSecretKey": "********",
                "webhook": "https://********@example.org/x", "with": "a tab",
            ]
        )
        #expect(facts.settings["pulsar-broker.service"]?["PULSAR_MEM"]?.contains("-Xmx512M") == true)
    }

    @Test func `what a host does not know is nil, and never an empty text`() throws {
        let machine = try Machine()
        for name in ["curl", "java", "lscpu"] { try machine.command("bin/\(name)", "exit 1") }
        let facts = try facts(machine)
        #expect(facts.image == nil && facts.java == nil && facts.cpuModel == nil && facts.operatingSystem == nil)
        #expect(facts.versions.isEmpty && facts.hashes.isEmpty && facts.settings.isEmpty)
        #expect(facts.kernel?.isEmpty == false)
    }

    @Test func `the script is sound`() throws {
        try expectClean(FactsScript(paths: ClientPaths(benchmark: "/opt/it's here")).script.text, "facts")
    }
}
