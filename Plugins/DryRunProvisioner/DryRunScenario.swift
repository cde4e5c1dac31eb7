public import PluginAPI

/// The options of ``DryRunProvisioner``.
public struct DryRunProvisionerOptions: PluginOptions {
    /// What goes wrong; nil for nothing.
    public var scenario: DryRunScenario?

    /// The keys in a plan.
    public static let schema: [Schema.Key] = [
        Schema.Key(
            "scenario",
            .oneOf(DryRunScenario.allCases.map(\.rawValue)),
            "What goes wrong, to rehearse it: permission-denied in the preflight, capacity-error before the last host, "
                + "slow creation, host-dies before it is ready, leftover in the first teardown."
        )
    ]

    /// Makes options.
    public init(scenario: DryRunScenario? = nil) { self.scenario = scenario }
}

/// Something that goes wrong in a simulated account, as it does in real ones.
public enum DryRunScenario: String, Sendable, Decodable, CaseIterable {
    /// The preflight is refused.
    case permissionDenied = "permission-denied"
    /// EC2 has no room for the last host.
    case capacityError = "capacity-error"
    /// Everything takes twenty times as long.
    case slow
    /// The last host is gone when it is waited for.
    case hostDies = "host-dies"
    /// The first teardown leaves a security group; the second deletes it.
    case leftover
}
