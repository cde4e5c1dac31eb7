public import PluginAPI

/// What can be looked at before an experiment begins, piece by piece.
extension Outlook {
    /// One plugin's own look at the outside world.
    public struct Preflight: Sendable {
        /// Which plugin: `provisioner terraform`.
        public var name: String
        /// Looks, and throws what is missing.
        public var check: @Sendable () async throws -> Void
    }

    /// What the chosen plugins check themselves.
    ///
    /// - Throws: ``LabError`` when a plugin refuses its options.
    public func preflights() throws -> [Preflight] {
        let provisioner = try maker(0).make(experiment.provisioner, .provision, as: (any Provisioner).self)
        let executor = try maker(0).make(experiment.executor, .execute, as: (any Executor).self)
        return [
            Preflight(name: "provisioner \(experiment.provisioner.id)", check: provisioner.preflight),
            Preflight(name: "executor \(experiment.executor.id)", check: executor.preflight),
        ]
    }

    /// The image that hosts would boot from; nil when a run would make it, for which the tools are there.
    ///
    /// - Throws: ``LabError`` with code ``LabError/Code/preflight`` when there is none and none can be made.
    public func image() async throws -> MachineImage? {
        let builder = try maker(0).make(experiment.image, .image, as: (any ImageBuilder).self)
        if let image = try await existingImage(builder) { return image }
        try await builder.preflight(for: experiment.imageRequest)
        return nil
    }

    /// What each cluster would be created from.
    ///
    /// - Throws: ``LabError`` when a cluster cannot be built after all.
    public func requests(_ schedule: Schedule) throws -> [ProvisionRequest] {
        // Which image it is changes nothing of what is counted.
        let image = MachineImage(id: "ami-00000000000000000", name: "unknown")
        return try schedule.groups.map { try request(for: $0, image) }
    }
}
