import Foundation
import PluginAPI
import Testing

@testable import Pulsar

@Suite("Cleaning up, run for real in a folder") struct CleaningTests {
    private let experiment = ExperimentID(rawValue: "exp-20260101-000000-abcd")

    /// A cluster's administration: the answers to GET are files, DELETE takes them away and is noted.
    private func machine(_ namespaces: [String: [String]], connected: String = "") throws -> Machine {
        let machine = try Machine()
        for (namespace, topics) in namespaces {
            let lines = topics.map { "persistent://benchmark/\(namespace)/\($0)\n" }.joined()
            try machine.write("cluster/\(namespace)/topics", lines)
            try machine.write("cluster/\(namespace)/partitioned", "")
        }
        try machine.command(
            "bin/curl",
            #"""
            for word; do case $word in http*) url=${word#*/admin/v2/} ;; GET | DELETE) method=$word ;; esac; done
            cluster='\#(machine.root)/cluster' path=${url%\?*} code=200
            list() { printf '['; sed 's/.*/"&"/' | paste -sd, - | tr -d '\n'; printf ']'; }
            IFS=/ read -r kind tenant name topic more <<<"$path"
            case "$method $kind" in
            'GET namespaces') if [[ -e $cluster/refuses ]]; then code=401; else (cd "$cluster" && ls | sed 's,^,benchmark/,' | list); fi ;;
            'DELETE namespaces')
                if [[ $url == *force* ]]; then code=405
                elif [[ -s $cluster/$name/topics ]]; then code=409; printf '{"reason":"not empty"}'
                else rm -r "$cluster/$name"; code=204; fi ;;
            'GET persistent') if [[ $topic ]]; then file=partitioned; else file=topics; fi; list <"$cluster/$name/$file" ;;
            'DELETE persistent')
                sed -i "\,/$topic\(-partition-[0-9]*\)\?$,d" "$cluster/$name/topics" "$cluster/$name/partitioned"
                code=204 ;;
            *) code=404 ;;
            esac
            printf '\n%s' "$code"
            """#
        )
        try machine.command("bin/ss", "printf '%s\n' '\(connected)'")
        return machine
    }

    private func clean(_ machine: Machine, wait: String = "0") throws -> (status: Int32, output: String) {
        let script = CleaningScript(
            experiment: try #require(experiment),
            administration: "10.0.1.6:8080",
            deleter: nil,
            port: "6650",
            clients: ["10.0.1.7", "10.0.1.11"]
        )
        return try machine.run(script.text, environment: ["LABHOST_WAIT": wait])
    }

    private func left(_ machine: Machine) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "\(machine.root)/cluster").sorted()
    }

    @Test func `what the experiment made is deleted, and nobody else's`() throws {
        let machine = try machine([
            "exp-20260101-000000-abcd-1a2b3c4d-x_Y-z12": ["test-0000000-a", "test-0000001-b"],
            "exp-20260101-000000-abcd-5e6f7a8b-AAAAAAA": [],
            "exp-20260101-000000-abce-5e6f7a8b-AAAAAAA": ["theirs"], "ns-old": ["theirs"],
        ])
        let (status, output) = try clean(machine)
        #expect(status == 0, "\(output)")
        #expect(output == "")
        #expect(try left(machine) == ["exp-20260101-000000-abce-5e6f7a8b-AAAAAAA", "ns-old"])
        // Again, when nothing is left.
        #expect(try clean(machine).status == 0)
    }

    @Test func `partitioned topics go with their partitions`() throws {
        let name = "exp-20260101-000000-abcd-1a2b3c4d-aaaaaaa"
        let machine = try machine([name: ["t-partition-0", "t-partition-1"]])
        try machine.write("cluster/\(name)/partitioned", "persistent://benchmark/\(name)/t\n")
        #expect(try clean(machine).status == 0)
        #expect(try left(machine) == [])
        #expect(machine.calls.contains { $0.contains("DELETE") && $0.contains("/\(name)/t/partitions?force=true") })
    }

    @Test func `a client that stays connected is named, and what is deleted is deleted all the same`() throws {
        let machine = try machine(
            ["exp-20260101-000000-abcd-1a2b3c4d-aaaaaaa": []],
            connected: "0 0 10.0.1.6:6650 [::ffff:10.0.1.11]:40000"
        )
        let (status, output) = try clean(machine)
        #expect(status == 1)
        #expect(output == "10.0.1.11 is still connected\n")
        #expect(try left(machine) == [])
        let other = try self.machine([:], connected: "0 0 10.0.1.6:6650 10.0.1.70:40000")
        #expect(try clean(other).status == 0)
    }

    @Test func `a broker that refuses is told as it is`() throws {
        let machine = try machine([:])
        try machine.write("cluster/refuses", "")
        let (status, output) = try clean(machine)
        #expect(status == 1)
        #expect(output == "GET namespaces/benchmark: HTTP 401 \n")
    }

    @Test func `a cell has a prefix of its own, whatever its name`() throws {
        let experiment = try #require(experiment)
        let system = PulsarSystem()
        let keys = try ["a.1", "a#1", "\"'}"].map { try #require(system.driverKeys(of: $0, in: experiment)) }
        #expect(Set(keys).count == 3)
        for key in keys {
            let form = /\{client: \{namespacePrefix: "benchmark\/exp-20260101-000000-abcd-[0-9a-f]{8}"\}\}/
            #expect(key.wholeMatch(of: form) != nil)
        }
    }

    @Test func `brokers clean up, or a client where they are nobody's hosts`() throws {
        let experiment = try #require(experiment)
        func host(_ name: String, _ component: String, _ address: String) -> PluginAPI.Host {
            PluginAPI.Host(
                name: name,
                component: component,
                instanceID: name,
                privateAddress: address,
                instanceType: "m5.large"
            )
        }
        let client = host("client-1", "client", "10.0.1.7")
        let brokers = [host("broker-1", "broker", "10.0.1.6"), host("broker-2", "broker", "10.0.1.10")]
        func cluster(_ hosts: [PluginAPI.Host], url: String = "http://10.0.1.6:8080,10.0.1.10:8080") -> Cluster {
            .connected(hosts: hosts, serviceURL: "pulsar://10.0.1.6:6650", httpURL: url, clusterName: "c", bookies: 3)
        }
        let system = PulsarSystem()
        let own = try #require(system.cleaning(after: experiment, on: cluster(brokers + [client])))
        #expect(own.hosts == brokers)
        #expect(own.script.contains("DELETER='broker-1'") && own.script.contains("CLIENTS='10.0.1.7'"))
        let theirs = try #require(system.cleaning(after: experiment, on: cluster([client])))
        #expect(theirs.hosts == [client])
        #expect(theirs.script.contains("CLIENTS=''"))
        for url in ["http://a;reboot:8080", "https://10.0.1.6:8443", "http://$(id)/"] {
            #expect(system.cleaning(after: experiment, on: cluster(brokers + [client], url: url)) == nil)
        }
        try expectClean(own.script, "cleaning")
    }
}
