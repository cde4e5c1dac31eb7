/// The shape of a value that a person writes in a plan, as data.
///
/// Validation, defaults, `labhost schema` and the reference pages are all read from it; nothing about a plan's shape
/// is said twice.
public indirect enum Schema: Sendable, Hashable {
    /// Text. `pattern` is a regular expression in the common subset of ICU and ECMA-262; the whole text must match.
    case string(pattern: String? = nil, what: String? = nil)
    /// A whole number within a range.
    case integer(ClosedRange<Int>)
    /// A number within a range.
    case number(ClosedRange<Double>)
    /// `true` or `false`.
    case boolean
    /// A length of time such as `90s`, `30m`, `3h` or `1h30m`.
    case duration
    /// One of a few words.
    case oneOf([String])
    /// A list of values of one shape.
    case list(Schema, min: Int = 0)
    /// A mapping with known keys.
    case object([Key])
    /// A mapping whose keys the author chooses.
    case map(Schema, keyPattern: String? = nil)
    /// Any one of several shapes, the first that fits; a value that fits none is explained against the closest.
    case either([Schema])
    /// A single scalar of any type, kept as written (a configuration file's value).
    case scalar
    /// Anything.
    case any

    /// A key of an object.
    public struct Key: Sendable, Hashable {
        /// The key as written.
        public var name: String
        /// The shape of its value.
        public var schema: Schema
        /// One sentence for the reference page and editors.
        public var summary: String
        /// Whether leaving it out is a fault.
        public var isRequired: Bool
        /// The default as it would be written in the plan, for the reference page.
        public var defaultText: String?
        /// Another spelling that is also accepted, each with the message to show.
        public var deprecated: [String: String]
        /// Set when this version knows the key and cannot act on it: it is refused with this text.
        public var unsupported: String?

        /// Makes a key.
        public init(
            _ name: String,
            _ schema: Schema,
            _ summary: String,
            required: Bool = false,
            default defaultText: String? = nil,
            deprecated: [String: String] = [:],
            unsupported: String? = nil
        ) {
            self.name = name
            self.schema = schema
            self.summary = summary
            self.isRequired = required
            self.defaultText = defaultText
            self.deprecated = deprecated
            self.unsupported = unsupported
        }
    }
}
