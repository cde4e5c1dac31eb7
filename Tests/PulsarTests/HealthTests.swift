import Foundation
import PluginAPI
import Testing

@testable import Pulsar

@Suite("The health check, run for real in a folder") struct HealthTests {
    /// A machine that has booted as a host, with services that work.
    private func machine(_ name: String) throws -> Machine {
        let machine = try Machine()
        try machine.boot(name, of: sampleSpec())
        try machine.command("bin/systemctl", "echo active")
        try machine.command("bin/curl", "printf ok")
        try machine.command("bin/journalctl", "printf 'one\\ntwo\\n'")
        return machine
    }

    private func check(_ machine: Machine, wait: String = "0") throws -> (status: Int32, output: String) {
        let script = HealthScript.text.replacing("BOOT=/opt/labhost", with: "BOOT=\(machine.root)/opt/labhost")
        return try machine.run(script, environment: ["LABHOST_WAIT": wait])
    }

    @Test(arguments: [
        ("zookeeper-1", "service\tzookeeper\tok\tactive\nendpoint\tzookeeper:2181\tok\timok\n"),
        ("bookkeeper-1", "service\tbookkeeper\tok\tactive\nendpoint\tbookkeeper:3181\tok\timok\n"),
        ("broker-1", "service\tpulsar-broker\tok\tactive\nendpoint\tbroker:8080\tok\tok\n"),
        ("client-1", ""),
    ]) func aHealthyHost(name: String, lines: String) throws {
        let (status, output) = try check(machine(name))
        #expect(status == 0)
        #expect(output == "boot\tuser-data\tok\t\n" + lines)
    }

    @Test func aFailedBootIsNotWaitedFor() throws {
        let machine = try Machine()
        try machine.write("opt/labhost/boot.failed", "no data disk\n")
        try machine.write("opt/labhost/boot.log", "a\nb\n")
        let (status, output) = try check(machine, wait: "600")
        #expect(status == 1)
        #expect(output == "boot\tuser-data\tfailed\tno data disk\n\ta\n\tb\n")
    }

    @Test func aBootThatGoesOnIsWaitedFor() throws {
        let machine = try Machine()
        let (status, output) = try check(machine)
        #expect(status == 1)
        #expect(output == "boot\tuser-data\tfailed\tthe boot script has not finished\n")
    }

    @Test func aServiceThatFailedShowsItsJournal() throws {
        let machine = try machine("broker-1")
        try machine.command("bin/systemctl", "echo failed; exit 3")
        let (status, output) = try check(machine)
        #expect(status == 1)
        #expect(output == "boot\tuser-data\tok\t\nservice\tpulsar-broker\tfailed\tfailed\n\tone\n\ttwo\n")
    }

    @Test func anEndpointThatComesLaterIsWaitedFor() throws {
        let machine = try machine("broker-1")
        try machine.command("bin/curl", "[[ $(grep -c curl '\(machine.root)/calls') -ge 3 ]] && printf ok")
        #expect(try check(machine, wait: "60").status == 0)
        #expect(machine.calls.filter { $0.hasPrefix("sleep") }.count == 2)
    }

    @Test func anEndpointThatDoesNotAnswer() throws {
        let machine = try machine("broker-1")
        try machine.command("bin/curl", "printf 'curl: (22)\\terror: 500\\nmore' >&2; exit 22")
        let (status, output) = try check(machine)
        #expect(status == 1)
        #expect(output.hasSuffix("endpoint\tbroker:8080\tfailed\tcurl: (22) error: 500 more\n\tone\n\ttwo\n"))
    }

    @Test func itIsCleanAndSmall() throws { try expectClean(HealthScript.text, "health") }
}
