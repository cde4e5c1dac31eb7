/// What a test run asks, and with it how its rate is chosen.
public enum RunType: String, Sendable, Hashable, Codable, CaseIterable {
    /// How does the system do at this rate?
    case fixedRate = "fixed_rate"
    /// What does OMB's own search find? Its result is a hint.
    case maxRate = "max_rate"
    /// How fast is the system at a rate that does not strain it?
    case latencyTest = "latency_test"
    /// How do the numbers change as the rate rises?
    case rampUp = "ramp_up"
    /// At which rate does the system fail, and in what way?
    case scaleToFailure = "scale_to_failure"
    /// What is the highest rate that keeps the objective?
    case search
}
