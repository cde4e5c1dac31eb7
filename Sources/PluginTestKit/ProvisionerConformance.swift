public import PluginAPI

/// What every provisioner must do, whatever it makes.
///
/// The rules follow one cluster from its preview to its teardown; what comes before a teardown by another process is
/// played by making the provisioner anew for each step.
public enum ProvisionerConformance {
    /// A provisioner and what it is to make.
    public struct Subject: Sendable {
        /// Makes the provisioner anew, in the same place.
        public var make: @Sendable () throws -> any Provisioner
        /// What to make.
        public var request: ProvisionRequest
        /// What the provisioner records into.
        public var recorder: EventRecorder
        /// The names of the hosts that it will have, in order.
        public var hosts: [String]
        /// The clock by which it waits.
        public var clock: LabClock

        /// Makes a subject.
        ///
        /// - Parameters:
        ///   - request: What to make.
        ///   - recorder: What the provisioner records into.
        ///   - hosts: The names of its hosts; nil for those of the request.
        ///   - clock: The clock by which it waits.
        ///   - make: Makes the provisioner.
        public init(
            request: ProvisionRequest,
            recorder: EventRecorder,
            hosts: [String]? = nil,
            clock: LabClock = .system,
            make: @escaping @Sendable () throws -> any Provisioner
        ) {
            self.make = make
            self.request = request
            self.recorder = recorder
            self.hosts = hosts ?? request.hosts.map(\.name)
            self.clock = clock
        }
    }

    /// A provisioner did something else than it must.
    public struct Violation: Error, CustomStringConvertible {
        /// What it did.
        public var description: String
    }

    /// Holds a provisioner to every rule.
    ///
    /// - Throws: ``Violation``, or what the provisioner threw.
    public static func check(_ subject: Subject) async throws {
        let preview = try await previewChangesNothing(subject)
        let hosts = try await subject.make().provision(subject.request)
        try expectEqual(hosts.map(\.name), subject.hosts, "hosts")
        for host in hosts { try expect(!host.instanceID.isEmpty, "\(host.name) has no instance id") }
        try await resourcesWereAnnounced(subject, preview)
        try await hostsRun(hosts, subject)
        // As after a crash: nothing is made twice.
        let before = await subject.recorder.alive
        let again = try await subject.make().provision(subject.request)
        try expectEqual(again.map(\.instanceID), hosts.map(\.instanceID), "instances of a second attempt")
        let after = await subject.recorder.alive
        try expectEqual(Set(after.map(key)), Set(before.map(key)), "resources after a second attempt")
        try await nothingIsLeft(subject)
    }

    private static func previewChangesNothing(_ subject: Subject) async throws -> ResourcePreview {
        let provisioner = try subject.make()
        try await provisioner.preflight()
        let preview = try await provisioner.preview(subject.request)
        if let outline = try provisioner.outline(subject.request) {
            try expectEqual(preview.counts, outline.counts, "preview beside outline")
        }
        let made = await subject.recorder.events.contains { event in
            switch event {
            case .intended, .created: true
            default: false
            }
        }
        try expect(!made, "the preview has made something")
        return preview
    }

    private static func resourcesWereAnnounced(_ subject: Subject, _ preview: ResourcePreview) async throws {
        var intents: Set<String> = []
        for event in await subject.recorder.events {
            switch event {
            case .intended(let intent): intents.insert("\(intent.kind) \(intent.name)")
            case .created(let resource):
                try expect(
                    intents.contains("\(resource.kind) \(resource.name)"),
                    "\(resource.kind) \(resource.name) was created and not announced"
                )
            default: break
            }
        }
        let counts = await subject.recorder.alive.reduce(into: [:]) { $0[$1.kind, default: 0] += 1 }
        try expectEqual(counts, preview.counts, "resources beside the preview")
    }

    private static func hostsRun(_ hosts: [Host], _ subject: Subject) async throws {
        let deadline = subject.clock.uptime() + .seconds(120)
        while true {
            let states = try await subject.make().states(of: hosts)
            try expectEqual(Set(states.keys), Set(hosts.map(\.name)), "hosts with a state")
            if states.values.allSatisfy({ $0 == .running }) { return }
            try expect(subject.clock.uptime() < deadline, "the hosts do not run after two minutes: \(states)")
            try await subject.clock.sleep(.milliseconds(200))
        }
    }

    private static func nothingIsLeft(_ subject: Subject) async throws {
        let outcome = try await subject.make().teardown(await subject.recorder.alive)
        try expect(outcome.isVerified, "the teardown was not verified: \(outcome.errors)")
        try expect(outcome.remaining.isEmpty, "left: \(outcome.remaining)")
        let alive = await subject.recorder.alive
        try expect(alive.isEmpty, "the ledger still has \(alive.map(key))")
        let second = try await subject.make().teardown([])
        try expect(second.isVerified && second.remaining.isEmpty, "a second teardown did not succeed: \(second)")
    }

    private static func key(_ resource: Resource) -> String { "\(resource.kind) \(resource.id)" }

    private static func expect(_ condition: Bool, _ message: @autoclosure () -> String) throws {
        if !condition { throw Violation(description: message()) }
    }

    private static func expectEqual<Value: Equatable>(_ found: Value, _ wanted: Value, _ what: String) throws {
        try expect(found == wanted, "\(what): expected \(wanted), found \(found)")
    }
}
