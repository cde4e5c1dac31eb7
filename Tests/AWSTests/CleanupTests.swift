import Foundation
import PluginAPI
import PluginTestKit
import Testing

@testable import AWS

/// Cleanup against a cloud in memory that refuses, forgets and lags as it is told to. That the calls are those that
/// AWS understands is for the end-to-end tests.
@Suite struct CleanupTests {
    private static let experiment = "exp-20260101-000000-test"

    /// A thing in the cloud.
    private struct Thing: Sendable {
        var kind: String
        var id: String
        var isTagged = true
        var vpc: String?
        /// What must be gone first.
        var heldBy: [String] = []
        /// How often deleting it is refused.
        var refusals = 0
        /// More of its description.
        var more = ""
        /// Describe calls that still show it after it is gone.
        var echoes = 0
        var isGone = false
    }

    private final class Cloud: Sendable {
        let things: PluginTestKit.Locked<[Thing]>
        let deletions = PluginTestKit.Locked<[String]>([])
        let denied: Set<String>

        init(_ things: [Thing], denied: Set<String> = []) {
            self.things = PluginTestKit.Locked(things)
            self.denied = denied
        }

        func answer(_ call: FakeAWS.Call) -> HTTPResponse {
            if denied.contains(call.action) { return FakeAWS.xmlError("UnauthorizedOperation", 403) }
            if let kind = CleanupKind.all.first(where: { $0.describe == call.action }) { return describe(kind, call) }
            if let kind = CleanupKind.all.first(where: { $0.delete == call.action }) { return delete(kind, call) }
            return FakeAWS.ok("<R><\(call.action)Result/></R>")
        }

        private func describe(_ kind: CleanupKind, _ call: FakeAWS.Call) -> HTTPResponse {
            let items = things.withLock { things -> [String] in
                things.indices.compactMap { index in
                    let thing = things[index]
                    guard thing.kind == kind.name, matches(thing, kind, call) else { return nil }
                    if thing.isGone {
                        guard thing.echoes > 0 else { return nil }
                        things[index].echoes -= 1
                    }
                    return "<item><\(kind.idElement)>\(thing.id)</\(kind.idElement)>\(thing.more)</item>"
                }
            }
            let list = "<\(kind.list)>\(items.joined())</\(kind.list)>"
            let isNested = kind.name == "instance"
            let nested = "<reservationSet><item><instancesSet>\(items.joined())</instancesSet></item></reservationSet>"
            return FakeAWS.ok("<R>\(isNested ? nested : list)</R>")
        }

        private func matches(_ thing: Thing, _ kind: CleanupKind, _ call: FakeAWS.Call) -> Bool {
            if call.filter("tag:ExperimentID") == [CleanupTests.experiment], call.filter("tag:Project") == ["labhost"] {
                return thing.isTagged
            }
            if let vpcs = kind.vpcFilter.flatMap(call.filter) { return thing.vpc.map(vpcs.contains) ?? false }
            if let ids = kind.idFilter.flatMap(call.filter) { return ids.contains(thing.id) }
            return call.parameters["\(kind.deleteParameter).1"] == thing.id
        }

        private func delete(_ kind: CleanupKind, _ call: FakeAWS.Call) -> HTTPResponse {
            things.withLock { things in
                let ids = call.parameters.filter { $0.key.hasPrefix(kind.deleteParameter.prefix { $0 != "." }) }.values
                for index in things.indices where things[index].kind == kind.name && ids.contains(things[index].id) {
                    let holders = things.filter { !$0.isGone && things[index].heldBy.contains($0.id) }
                    guard holders.isEmpty else { return FakeAWS.xmlError("DependencyViolation") }
                    guard things[index].refusals == 0 else {
                        things[index].refusals -= 1
                        return FakeAWS.xmlError("DependencyViolation")
                    }
                    things[index].isGone = true
                    deletions.withLock { $0.append(things[index].id) }
                }
                return FakeAWS.ok()
            }
        }
    }

    private let events = EventRecorder()

    private func context(_ cloud: Cloud, clock: TestClock = TestClock(), profile: String? = "kept") -> PluginContext {
        .fake(
            cloud: CloudSettings(region: "us-west-2", instanceProfile: profile),
            events: events,
            http: FakeAWS.http { cloud.answer($0) },
            clock: clock.labClock
        )
    }

    private func deletedIDs() async -> [String] {
        await events.events.compactMap { event in
            guard case .deleted(_, let id) = event else { return nil }
            return id
        }
    }

    private func cluster() -> [Thing] {
        [
            Thing(kind: "vpc", id: "vpc-1", heldBy: ["subnet-1", "sg-1", "igw-1", "rtb-1", "eni-1"]),
            Thing(kind: "subnet", id: "subnet-1", vpc: "vpc-1", heldBy: ["i-1", "eni-1", "igw-1"]),
            Thing(kind: "security-group", id: "sg-1", vpc: "vpc-1", heldBy: ["i-1", "eni-1"]),
            Thing(
                kind: "security-group",
                id: "sg-default",
                vpc: "vpc-1",
                more: "<groupName>default</groupName>"
            ),
            Thing(kind: "internet-gateway", id: "igw-1", vpc: "vpc-1", heldBy: ["i-1"]),
            Thing(kind: "route-table", id: "rtb-1", vpc: "vpc-1", heldBy: ["subnet-1"]),
            Thing(kind: "network-interface", id: "eni-1", isTagged: false, vpc: "vpc-1", heldBy: ["i-1"]),
            Thing(
                kind: "instance",
                id: "i-1",
                vpc: "vpc-1",
                more: "<instanceState><name>running</name></instanceState>"
            ),
            Thing(kind: "volume", id: "vol-1", heldBy: ["i-1"]),
        ]
    }

    @Test func deletesInTheOrderInWhichThingsHoldEachOther() async throws {
        let cloud = Cloud(cluster())
        let outcome = try await Cleanup(context(cloud)).run(known: [Resource(kind: "vpc", id: "vpc-1", name: "v")])
        #expect(outcome.remaining == [])
        #expect(outcome.errors == [])
        #expect(outcome.isVerified)
        let order = cloud.deletions.withLock { $0 }
        #expect(Set(order) == ["i-1", "vol-1", "eni-1", "sg-1", "igw-1", "subnet-1", "rtb-1", "vpc-1"])
        #expect(order.first == "i-1")
        #expect(order.last == "vpc-1")
        // One round was enough: nothing was refused.
        #expect(Set(outcome.deleted.map(\.id)) == Set(order))
        #expect(Set(await deletedIDs()) == Set(order))
        #expect(await deletedIDs().count == order.count)
    }

    @Test func goesOnUntilWhatHoldsHasLetGo() async throws {
        var things = cluster()
        for index in things.indices where things[index].kind != "instance" { things[index].refusals = 3 }
        let clock = TestClock()
        let outcome = try await Cleanup(context(Cloud(things), clock: clock)).run(known: [])
        #expect(outcome.remaining == [])
        #expect(outcome.isVerified)
        #expect(clock.slept > .seconds(1))
    }

    @Test func givesUpOnWhatDoesNotGoAndSaysWhy() async throws {
        var things = cluster()
        things.append(
            Thing(
                kind: "network-interface",
                id: "eni-9",
                isTagged: false,
                vpc: "vpc-1",
                refusals: .max,
                more: "<description>VPC Endpoint</description><requesterId>amazon</requesterId>"
            )
        )
        things[0].heldBy.append("eni-9")
        let clock = TestClock()
        let outcome = try await Cleanup(context(Cloud(things), clock: clock)).run(known: [])
        #expect(outcome.isVerified)
        #expect(Set(outcome.remaining.map(\.id)) == ["vpc-1", "eni-9"])
        let interface = try #require(outcome.remaining.first { $0.id == "eni-9" })
        #expect(interface.reason.contains("DependencyViolation"))
        #expect(interface.reason.hasSuffix("VPC Endpoint; made by amazon"))
        #expect(
            interface.command == "aws ec2 delete-network-interface --network-interface-id eni-9 --region us-west-2"
        )
        #expect(clock.slept < .seconds(300))
        #expect(!(await deletedIDs().contains("vpc-1")))
    }

    @Test func leavesWhatAnInstanceHolds() async throws {
        let held = Thing(
            kind: "volume",
            id: "vol-9",
            more: "<status>in-use</status><attachmentSet><item><instanceId>i-other</instanceId></item></attachmentSet>"
        )
        let cloud = Cloud([held])
        let outcome = try await Cleanup(context(cloud)).run(known: [])
        #expect(outcome.remaining.first?.reason == "ec2 DeleteVolume: InUse: it is attached to i-other")
        #expect(cloud.deletions.withLock { $0 } == [])
    }

    @Test func takesNothingForGranted() async throws {
        let cloud = Cloud([Thing(kind: "vpc", id: "vpc-1")], denied: ["DescribeVolumes"])
        let known = [Resource(kind: "volume", id: "vol-1", name: "v"), Resource(kind: "vpc", id: "vpc-1", name: "v")]
        let outcome = try await Cleanup(context(cloud)).run(known: known)
        #expect(!outcome.isVerified)
        #expect(outcome.errors.first?.cause?.contains("UnauthorizedOperation") == true)
        #expect(outcome.errors.first?.hint?.contains("ec2:DescribeVolumes") == true)
        // The rest was deleted all the same, but nothing is called gone while a question is open.
        #expect(cloud.deletions.withLock { $0 } == ["vpc-1"])
        #expect(await deletedIDs() == [])
        await #expect(throws: LabError.self) { try await Cleanup(context(cloud)).find() }
    }

    @Test func findsByIDWhatTheTagsDoNotBringUp() async throws {
        let cloud = Cloud([
            Thing(kind: "volume", id: "vol-1", isTagged: false),
            Thing(kind: "launch-template", id: "lt-1", isTagged: false),
            Thing(kind: "volume", id: "vol-of-somebody-else", isTagged: false),
        ])
        let known = [
            Resource(kind: "volume", id: "vol-1", name: "v"), Resource(kind: "volume", id: "vol-gone", name: "g"),
            Resource(kind: "launch-template", id: "lt-1", name: "t"),
        ]
        let outcome = try await Cleanup(context(cloud)).run(known: known)
        #expect(Set(outcome.deleted.map(\.id)) == ["vol-1", "lt-1"])
        #expect(Set(await deletedIDs()) == ["vol-1", "lt-1", "vol-gone"])
        #expect(Set(cloud.deletions.withLock { $0 }) == ["vol-1", "lt-1"])
        #expect(outcome.isVerified)
    }

    @Test func isNotMisledByAReplicaThatIsBehind() async throws {
        let cloud = Cloud([Thing(kind: "volume", id: "vol-1", echoes: 4)])
        let outcome = try await Cleanup(context(cloud)).run(known: [])
        #expect(outcome.remaining == [])
        #expect(outcome.deleted.map(\.id) == ["vol-1"])
        #expect(await deletedIDs() == ["vol-1"])
    }

    @Test func admitsWhatItCannotLookFor() async throws {
        let known = [Resource(kind: "lake", id: "lake-1", name: "l")]
        let outcome = try await Cleanup(context(Cloud([]))).run(known: known)
        #expect(outcome.remaining.map(\.id) == ["lake-1"])
        #expect(await deletedIDs() == [])
    }

    @Test func asksIAMOnlyWhenItMayHaveMadeSomethingThere() async throws {
        let http = FakeAWS.http { _ in FakeAWS.ok() }
        for (profile, asks) in [("kept" as String?, false), (nil, true)] {
            let context = PluginContext.fake(
                cloud: CloudSettings(region: "us-west-2", instanceProfile: profile),
                http: http
            )
            let before = http.requests.count
            _ = try await Cleanup(context).run(known: [])
            let urls = http.requests[before...].map(\.url)
            #expect(urls.contains("https://iam.amazonaws.com/") == asks)
        }
    }

    @Test func `with credentials that have ended it does not ask again and again`() async throws {
        let clock = TestClock()
        let http = FakeAWS.http { _ in FakeAWS.xmlError("RequestExpired") }
        let context = PluginContext.fake(http: http, clock: clock.labClock)
        let outcome = try await Cleanup(context).run(known: [Resource(kind: "vpc", id: "vpc-1", name: "v")])
        #expect(!outcome.isVerified && outcome.deleted.isEmpty)
        #expect(outcome.errors.first?.cause?.contains("RequestExpired") == true)
        #expect(clock.slept < .seconds(5))
    }

    @Test func needsCredentialsAndARegion() async {
        struct None: CredentialSource {
            func credentials() async throws -> AWSCredentials { throw LabError(.preflight, "none") }
        }
        await #expect(throws: LabError.self) { try await Cleanup(.fake(credentials: None())).run(known: []) }
        await #expect(throws: LabError.self) { try await Cleanup(.fake(cloud: CloudSettings())).run(known: []) }
    }
}

@Suite struct EC2HostsTests {
    private func host(_ name: String) -> PluginAPI.Host {
        PluginAPI.Host(
            name: name,
            component: "broker",
            instanceID: "i-\(name)",
            privateAddress: "10.0.0.1",
            instanceType: "t3"
        )
    }

    @Test func readsStatesWithTheirReasons() async throws {
        @Sendable func instance(_ name: String, _ state: String, _ reason: String = "") -> String {
            "<item><instanceId>i-\(name)</instanceId><instanceState><name>\(state)</name></instanceState>\(reason)</item>"
        }
        let reason =
            "<stateReason><code>Server.SpotInstanceTermination</code>"
            + "<message>Server.SpotInstanceTermination: Spot instance termination</message></stateReason>"
        let http = FakeAWS.http { call in
            var items = [instance("a", "running"), instance("b", "pending"), instance("c", "terminated", reason)]
            if call.number == 2 { items.append(instance("late", "pending")) }
            return FakeAWS.ok(
                "<R><reservationSet><item><instancesSet>\(items.joined())</instancesSet></item></reservationSet></R>"
            )
        }
        let states = try await EC2Hosts(.fake(http: http)).states(of: ["a", "b", "c", "late", "never"].map(host))
        #expect(states["a"] == .running)
        #expect(states["b"] == .pending)
        #expect(states["c"] == .gone("terminated: Server.SpotInstanceTermination: Spot instance termination"))
        #expect(states["late"] == .pending)
        #expect(states["never"] == .gone("EC2 does not know the instance"))
    }
}
