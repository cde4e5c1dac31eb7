/// What a teardown leaves in writing.
public struct Receipt: Sendable, Hashable, Codable {
    /// How many resources were created: those of the ledger, and those that a killed host could not write down any more.
    public var created: Int
    /// How many of them are verified absent.
    public var verifiedAbsent: Int
    /// What is still there.
    public var remaining: [TeardownOutcome.Remaining]
    /// Whether absence could be verified at all.
    public var isVerified: Bool
    /// What went wrong on the way.
    public var errors: [LabError]

    /// Makes a receipt.
    public init(
        created: Int,
        verifiedAbsent: Int,
        remaining: [TeardownOutcome.Remaining],
        isVerified: Bool,
        errors: [LabError]
    ) {
        self.created = created
        self.verifiedAbsent = verifiedAbsent
        self.remaining = remaining
        self.isVerified = isVerified
        self.errors = errors
    }

    /// Whether nothing is left behind, for certain.
    public var isClean: Bool { remaining.isEmpty && isVerified }
}
