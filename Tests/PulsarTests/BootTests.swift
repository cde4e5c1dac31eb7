import Foundation
import PluginAPI
import Testing

@testable import Pulsar

@Suite("The boot script, run for real in a folder") struct BootTests {
    @Test func aBrokerWaitsForMetadataThenServes() throws {
        let machine = try Machine()
        let spec = sampleSpec(settings: ["broker": ["bindAddress": "10.0.1.6", "zzz": "last"]])
        let (status, output) = try machine.boot("broker-1", of: spec)
        #expect(status == 0, "\(output)")
        #expect(
            machine.read("opt/pulsar/conf/broker.conf") == """
                # shipped
                clusterName=labhost
                bindAddress=10.0.1.6
                advertisedAddress=10.0.1.6
                metadataStoreUrl=zk:10.0.1.4:2181,10.0.1.8:2181,10.0.1.12:2181
                configurationMetadataStoreUrl=zk:10.0.1.4:2181,10.0.1.8:2181,10.0.1.12:2181
                managedLedgerDefaultEnsembleSize=3
                managedLedgerDefaultWriteQuorum=3
                managedLedgerDefaultAckQuorum=2
                zzz=last

                """
        )
        #expect(
            machine.calls == [
                "systemctl daemon-reload", "systemctl enable labhost-expire.timer",
                "systemctl restart labhost-expire.timer",
                "pulsar zookeeper-shell -server 10.0.1.4:2181,10.0.1.8:2181,10.0.1.12:2181 get /admin/clusters/labhost",
                "systemctl daemon-reload", "systemctl enable pulsar-broker.service",
                "systemctl restart pulsar-broker.service",
            ]
        )
        let unit = try #require(machine.read("etc/systemd/system/pulsar-broker.service"))
        #expect(unit.contains("PULSAR_MEM=-Xms512M -Xmx512M -XX:MaxDirectMemorySize=256M\""))
        #expect(unit.contains("ExecStart=\(machine.root)/opt/pulsar/bin/pulsar\n"))
        #expect(!unit.contains("{{"))
        let timer = try #require(machine.read("etc/systemd/system/labhost-expire.timer"))
        #expect(timer.contains("OnCalendar=2096-10-02 07:06:40 UTC\n"))
        #expect(machine.read("opt/labhost/boot.ok") != nil)
        #expect(
            machine.read("opt/labhost/host.env") == """
                COMPONENT='broker'
                HOST_NAME='broker-1'
                SERVICES='pulsar-broker'
                SERVICE_PORT='8080'
                PRIVATE_ADDRESS='10.0.1.6'

                """
        )
    }

    @Test func runningItAgainChangesNothing() throws {
        let machine = try Machine()
        for name in ["zookeeper-1", "bookkeeper-1", "broker-1", "client-1"] {
            try machine.boot(name, of: sampleSpec())
            let before = ["zookeeper", "bookkeeper", "broker"].map { machine.read("opt/pulsar/conf/\($0).conf") }
            let (status, output) = try machine.boot(name, of: sampleSpec())
            #expect(status == 0, "\(output)")
            #expect(before == ["zookeeper", "bookkeeper", "broker"].map { machine.read("opt/pulsar/conf/\($0).conf") })
        }
        #expect(machine.calls.filter { $0.hasPrefix("pulsar initialize-cluster-metadata") }.count == 1)
    }

    @Test func theFirstZooKeeperWritesTheMetadata() throws {
        let machine = try Machine()
        try machine.boot("zookeeper-1", of: sampleSpec())
        let zookeepers = "zk:10.0.1.4:2181,10.0.1.8:2181,10.0.1.12:2181"
        let expected = """
            pulsar initialize-cluster-metadata --cluster labhost --metadata-store \(zookeepers) \
            --configuration-metadata-store \(zookeepers) --web-service-url http://10.0.1.6:8080,10.0.1.10:8080 \
            --broker-service-url pulsar://10.0.1.6:6650,10.0.1.10:6650
            """
        #expect(machine.calls.last == expected)
        #expect(machine.read("opt/pulsar/data/zookeeper/myid") == "1\n")
        let conf = try #require(machine.read("opt/pulsar/conf/zookeeper.conf"))
        #expect(conf.contains("server.2=10.0.1.8:2888:3888\n"))
        #expect(conf.contains("dataDir=/opt/pulsar/data/zookeeper\n"))

        let other = try Machine()
        try other.boot("zookeeper-2", of: sampleSpec())
        #expect(!other.calls.contains { $0.hasPrefix("pulsar ") })
        #expect(other.read("opt/pulsar/data/zookeeper/myid") == "2\n")
    }

    @Test func metadataThatIsThereAlreadyIsSuccess() throws {
        let machine = try Machine()
        try machine.command("opt/pulsar/bin/pulsar", "echo 'KeeperErrorCode = NodeExists for /x' >&2; exit 1")
        #expect(try machine.boot("zookeeper-1", of: sampleSpec()).status == 0)
    }

    @Test func aSingleZooKeeperHasNoListOfServers() throws {
        let machine = try Machine()
        let counts = ["zookeeper": 1, "bookkeeper": 1, "broker": 1, "client": 1]
        let spec = sampleSpec(
            counts: counts,
            settings: ["zookeeper": ["dataDir": "/data/my zk", "clientPort": "2182"]]
        )
        #expect(try machine.boot("zookeeper-1", of: spec).status == 0)
        #expect(machine.read("opt/pulsar/conf/zookeeper.conf")?.contains("server.") == false)
        #expect(machine.read("data/my zk/myid") == "1\n")
        #expect(machine.calls.contains("nc -w 3 10.0.1.4 2182"))
    }

    @Test func theLedgersAreOnTheDataDisk() throws {
        let machine = try Machine()
        try machine.boot("bookkeeper-1", of: sampleSpec())
        #expect(machine.calls.contains("mkfs.xfs -q /dev/nvme2n1"))
        #expect(machine.calls.contains("mount -o noatime /dev/nvme2n1 \(machine.root)/opt/pulsar/data/bookkeeper"))
        let conf = try #require(machine.read("opt/pulsar/conf/bookkeeper.conf"))
        #expect(conf.contains("journalDirectories=/opt/pulsar/data/bookkeeper/journal\n"))
        #expect(conf.contains("metadataServiceUri=zk+null://10.0.1.4:2181;10.0.1.8:2181;10.0.1.12:2181/ledgers\n"))
    }

    @Test func aFormattedDiskIsKept() throws {
        let machine = try Machine()
        try machine.disks([
            ("xvda", "disk", "", "", ""), ("xvda1", "part", "xfs", "/", ""), ("xvdf", "disk", "xfs", "", ""),
        ])
        try machine.boot("bookkeeper-1", of: sampleSpec())
        #expect(!machine.calls.contains { $0.hasPrefix("mkfs") })
        #expect(machine.calls.contains("mount -o noatime /dev/xvdf \(machine.root)/opt/pulsar/data/bookkeeper"))
    }

    @Test func withoutADataDiskItSaysSo() throws {
        let machine = try Machine()
        try machine.disks([("xvda", "disk", "", "", ""), ("xvda1", "part", "xfs", "/", "")])
        #expect(try machine.boot("bookkeeper-1", of: sampleSpec()).status == 1)
        #expect(machine.read("opt/labhost/boot.failed") == "no data disk appeared within a minute\n")
        #expect(machine.read("opt/labhost/boot.ok") == nil)
    }

    @Test func theClientGetsItsDriverFile() throws {
        let machine = try Machine()
        try machine.boot("client-1", of: sampleSpec())
        let layout = try PulsarLayout(sampleSpec())
        let expected = DriverFile.text(layout: layout, brokers: ["10.0.1.6", "10.0.1.10"])
        #expect(machine.read("opt/benchmark-configs/pulsar-driver.yaml") == expected)
    }

    @Test func anExpiredHostEndsItself() throws {
        let machine = try Machine()
        #expect(try machine.boot("broker-1", of: sampleSpec(), expiry: 1_000_000_000).status == 1)
        #expect(machine.calls == ["shutdown -h now"])
        #expect(machine.read("opt/labhost/boot.failed") == "the experiment had expired before this host booted\n")
    }

    /// When a machine's timer ends it, in seconds from now.
    private func armed(_ machine: Machine) throws -> Double {
        let timer = try #require(machine.read("etc/systemd/system/labhost-expire.timer"))
        let line = try #require(timer.split(separator: "\n").first { $0.hasPrefix("OnCalendar=") })
        let text = line.dropFirst("OnCalendar=".count).replacing(" UTC", with: "Z").replacing(" ", with: "T")
        return try Date(text, strategy: .iso8601).timeIntervalSinceNow
    }

    @Test func `a host is armed for its lease, and never beyond its expiry`() throws {
        let machine = try Machine()
        try machine.boot("client-1", of: sampleSpec(), lease: 3600)
        #expect(try (3500...3600).contains(armed(machine)))
        let soon = Int(Date().timeIntervalSince1970) + 900
        try machine.boot("client-1", of: sampleSpec(), expiry: soon, lease: 3600)
        #expect(try (800...900).contains(armed(machine)))
    }

    @Test func theFirstReasonIsKept() throws {
        let machine = try Machine()
        try FileManager.default.removeItem(atPath: "\(machine.root)/opt/pulsar-templates")
        #expect(try machine.boot("broker-1", of: sampleSpec()).status == 1)
        let reason = "the image has no \(machine.root)/opt/pulsar-templates/systemd/pulsar-broker.service.tpl\n"
        #expect(machine.read("opt/labhost/boot.failed") == reason)

        let other = try Machine()
        try other.command("bin/systemctl", "[[ $* != \"restart pulsar-\"* ]] || exit 5")
        #expect(try other.boot("broker-1", of: sampleSpec()).status == 1)
        let failure = try #require(other.read("opt/labhost/boot.failed"))
        #expect(failure.contains("systemctl restart \"$service.service\": exit status 5"))
    }

    @Test(arguments: [
        "$(touch PWNED)", "`touch PWNED`", "'; touch PWNED; '", "\"; touch PWNED; \"", "END", "${IFS}", "\\", "a=b",
        "'\\''", "!!", "$1 & \\1 &", "%s%n", "{{PULSAR_HOME}}", "é🦊", "#", " spaces  kept ",
    ]) func valuesArriveAsTheyAre(value: String) throws {
        let machine = try Machine()
        let spec = sampleSpec(settings: ["broker": ["brokerKey": value], "zookeeper": ["dataDir": "/data/\(value)"]])
        #expect(try machine.boot("broker-1", of: spec).status == 0)
        let lines = machine.read("opt/pulsar/conf/broker.conf")?.split(separator: "\n").map(String.init) ?? []
        #expect(lines.contains("brokerKey=\(value)"))
        #expect(try machine.boot("zookeeper-2", of: spec).status == 0)
        #expect(machine.read("data/\(value)/myid") == "2\n")
        #expect(try Machine.run(["/usr/bin/find", machine.root, "-name", "PWNED"], [:]).output == "")
        #expect(!FileManager.default.fileExists(atPath: "PWNED"))
    }

    @Test func everyScriptIsCleanAndFitsUserData() throws {
        let counts = ["zookeeper": 7, "bookkeeper": 50, "broker": 50, "client": 2]
        let spec = sampleSpec(counts: counts, settings: ["broker": ["a": "it's $(x)"]])
        let hosts = try PulsarSystem().hosts(
            for: spec,
            lifetime: HostLifetime(expiry: Date(timeIntervalSince1970: 1_900_000_000))
        )
        for host in hosts where host.name.hasSuffix("-1") {
            #expect(host.userData.utf8.count < BootScript.limit, "\(host.name)")
            try expectClean(host.userData, host.name)
        }
    }

    @Test func settingsThatDoNotFitAreRefused() {
        let spec = sampleSpec(settings: ["broker": ["a": String(repeating: "x", count: 16_384)]])
        #expect(throws: LabError.self) { try PulsarSystem().hosts(for: spec, lifetime: HostLifetime(expiry: Date())) }
    }
}

/// Checks a script with bash's own parser, and with shellcheck where it is installed.
func expectClean(_ script: String, _ name: String) throws {
    let machine = try Machine()
    try machine.write("checked.sh", script)
    let parsed = try Machine.run(["/bin/bash", "-n", "\(machine.root)/checked.sh"], [:])
    #expect(parsed.status == 0, "\(name): \(parsed.output)")
    guard FileManager.default.isExecutableFile(atPath: "/usr/bin/shellcheck") else { return }
    let checked = try Machine.run(["/usr/bin/shellcheck", "\(machine.root)/checked.sh"], [:])
    #expect(checked.status == 0, "\(name): \(checked.output)")
}
