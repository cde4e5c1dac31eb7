/// A plan as it was frozen when its experiment began, and how it was run.
public struct PlanRecord: Sendable, Hashable, Codable {
    /// The file that it was read from, as it was given.
    public var file: String
    /// The plan, complete: what it extends and what was set for this run are in it.
    public var text: String
    /// A hash of the text, 16 hexadecimal digits: two experiments with the same one had the same plan.
    public var hash: String
    /// The flags that took part in the outcome, to be given again with the plan.
    public var arguments: [String]
    /// What the order of the cells was shuffled with; nil when it is the plan's.
    public var seed: UInt64?

    /// Makes a record.
    public init(file: String, text: String, arguments: [String] = [], seed: UInt64? = nil) {
        self.file = file
        self.text = text
        self.arguments = arguments
        self.seed = seed
        hash = StableHash(text).hexadecimal
    }
}
