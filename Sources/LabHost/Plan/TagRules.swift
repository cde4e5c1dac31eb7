/// What AWS allows in a tag, and what LabHost keeps for itself.
public enum TagRules {
    /// A key: letters and digits of any script, spaces and a few signs, not beginning with `aws:` in any case.
    static let keyPattern = "(?![aA][wW][sS]:)[\\p{L}\\p{N}\\p{Zs}_.:/=+@-]{1,128}"
    /// A value: the same signs, or nothing.
    static let valuePattern = "[\\p{L}\\p{N}\\p{Zs}_.:/=+@-]{0,256}"
    /// The pattern of values in words.
    static let valueExpectation = "a tag value of at most 256 letters, digits, spaces and _.:/=+-@"
    /// The most tags that a plan may have: AWS allows 50, and some are LabHost's or the account's.
    static let limit = 40
    /// The keys that LabHost sets.
    static let reserved: Set = ["Project", "ExperimentID", "Component", "ManagedBy", "ExpiresAt"]

    /// What is wrong with a tag; nil when it can be used.
    public static func fault(key: String, value: String) -> String? {
        if reserved.contains(key) { return "the tag \(key) is LabHost's own" }
        if !matches(key, keyPattern) {
            return "expected a tag key of 1 to 128 letters, digits, spaces and _.:/=+-@ that does not begin with aws:"
        }
        return matches(value, valuePattern) ? nil : "expected \(valueExpectation)"
    }

    private static func matches(_ text: String, _ pattern: String) -> Bool {
        guard let regex = try? Regex(pattern).matchingSemantics(.unicodeScalar) else { return false }
        return text.wholeMatch(of: regex) != nil
    }
}
