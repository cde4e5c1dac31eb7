import PluginAPI
import PluginTestKit
import SystemPackage
import Testing

@testable import DryRunProvisioner

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("The dry-run provisioner creates nothing, with a ledger")
struct DryRunProvisionerTests {
    private let directory: FilePath
    private let clock = TestClock()
    private let events = EventRecorder()

    init() throws {
        let url = FileManager.default.temporaryDirectory.appending(path: "labhost-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        directory = FilePath(url.path())
    }

    private func provisioner(
        directory: FilePath? = nil,
        cloud: CloudSettings = CloudSettings(),
        scenario: DryRunScenario? = nil
    ) -> DryRunProvisioner {
        let context = PluginContext.fake(
            directory: directory ?? self.directory,
            cloud: cloud,
            events: events,
            clock: clock.labClock
        )
        return DryRunProvisioner(options: DryRunProvisionerOptions(scenario: scenario), context: context)
    }

    private func request() async throws -> ProvisionRequest {
        let disk = VolumeSpec(type: "gp3", sizeGB: 50)
        let components = [("zookeeper", nil), ("bookkeeper", disk), ("broker", nil), ("client", nil)]
        let hosts = components.enumerated().map { index, component in
            HostSpec(
                name: "\(component.0)-1",
                component: component.0,
                instanceType: "m6i.large",
                privateAddress: "10.0.1.\(10 + index)",
                userData: "",
                dataVolume: component.1
            )
        }
        let builder = DryRunImage(options: NoOptions(), context: .fake())
        return ProvisionRequest(
            hosts: hosts,
            network: NetworkSpec(vpcCIDR: "10.0.0.0/16", subnetCIDR: "10.0.1.0/24"),
            image: try await builder.image(for: ImageRequest(pulsarVersion: "3.0.0")),
            expiry: Date(timeIntervalSince1970: 1_760_010_000)
        )
    }

    @Test("it conforms")
    func conforms() async throws {
        try await ProvisionerConformance.check(
            .init(request: try await request(), recorder: events, clock: clock.labClock) { provisioner() }
        )
    }

    @Test("missing capacity fails the last host, and the rest is torn down")
    func capacityError() async throws {
        let failing = provisioner(scenario: .capacityError)
        let error = await #expect(throws: LabError.self) { try await failing.provision(try await request()) }
        #expect(error?.cause?.contains("InsufficientInstanceCapacity") == true)
        #expect(await events.alive.count { $0.kind == "instance" } == 3)
        let outcome = try await failing.teardown([])
        #expect(outcome.remaining.isEmpty)
    }

    @Test("what a first teardown leaves, the second deletes")
    func leftover() async throws {
        let leaving = provisioner(scenario: .leftover)
        _ = try await leaving.provision(try await request())
        let first = try await leaving.teardown([])
        #expect(first.remaining.map(\.kind) == ["security-group"])
        #expect(first.remaining.first?.reason.contains("DependencyViolation") == true)
        #expect(try await leaving.teardown([]).remaining.isEmpty)
    }

    @Test("a host that dies is gone, a refusal is one, and slow is slow")
    func others() async throws {
        let hosts = try await provisioner(scenario: .slow).provision(try await request())
        #expect(clock.slept > .seconds(40))
        let states = try await provisioner(scenario: .hostDies).states(of: hosts)
        #expect(states["client-1"] == .gone("terminated: Server.SpotInstanceTermination (simulated)"))
        #expect(states["broker-1"] == .running)
        let error = await #expect(throws: LabError.self) {
            try await provisioner(scenario: .permissionDenied).preflight()
        }
        #expect(error?.code == .preflight)
    }

    @Test("the preview counts what provisioning then records, each intent before its effect")
    func ledger() async throws {
        let request = try await request()
        #expect(request.image.name == "simulated-pulsar-3.0.0")
        let preview = try await provisioner().preview(request)
        #expect(preview.counts["instance"] == 4)
        #expect(preview.counts["volume"] == 5)
        let hosts = try await provisioner().provision(request)
        let alive = await events.alive
        #expect(alive.reduce(into: [:]) { $0[$1.kind, default: 0] += 1 } == preview.counts)
        #expect(hosts.allSatisfy { $0.instanceID.wholeMatch(of: /i-0[0-9a-f]{16}/) != nil })
        let order = await events.events.compactMap { event -> String? in
            switch event {
            case .intended(let intent): "intended \(intent.kind) \(intent.name)"
            case .created(let resource): "created \(resource.kind) \(resource.name)"
            default: nil
            }
        }
        #expect(order.count == preview.total * 2)
        for index in stride(from: 0, to: order.count, by: 2) {
            #expect(order[index].dropFirst("intended".count) == order[index + 1].dropFirst("created".count))
        }
        #expect(clock.slept < .seconds(3))
    }

    @Test("doing it again creates nothing twice, and gives the same hosts")
    func again() async throws {
        let request = try await request()
        let first = try await provisioner().provision(request)
        let count = await events.alive.count
        #expect(try await provisioner().provision(request) == first)
        #expect(await events.alive.count == count)
    }

    @Test("a later process finds what exists, and deletes it")
    func laterTeardown() async throws {
        let hosts = try await provisioner().provision(try await request())
        #expect(try await provisioner().states(of: hosts).values.allSatisfy { $0 == .running })
        let outcome = try await provisioner().teardown([])
        #expect(outcome.isVerified && outcome.remaining.isEmpty)
        #expect(await events.alive.isEmpty)
        #expect(try await provisioner().states(of: hosts).values.allSatisfy { $0 != .running })
        #expect(try await provisioner().teardown([]).deleted.isEmpty)
    }

    @Test("the ledger is enough to tear down when the directory is gone")
    func withoutDirectory() async throws {
        _ = try await provisioner().provision(try await request())
        let known = await events.alive
        let outcome = try await provisioner(directory: "/nonexistent").teardown(known)
        #expect(outcome.deleted.count == known.count)
        #expect(await events.alive.isEmpty)
    }

    @Test("an existing instance profile is used, and no role is made")
    func existingProfile() async throws {
        let cloud = CloudSettings(instanceProfile: "SSMManagedInstanceCore")
        let preview = try await provisioner(cloud: cloud).preview(try await request())
        #expect(preview.counts["iam-role"] == nil)
    }
}
