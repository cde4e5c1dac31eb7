/// The parameters of a call in the query protocol: names and values in order.
public struct QueryParameters: Sendable, Hashable, ExpressibleByDictionaryLiteral {
    /// A filter of a describe call: any of the values.
    public struct Filter: Sendable, Hashable {
        /// The filter's name: `instance-id`, `tag:ExperimentID`.
        public var name: String
        /// The values, at most 200.
        public var values: [String]

        /// Makes a filter.
        public init(_ name: String, _ values: [String]) {
            self.name = name
            self.values = values
        }
    }

    /// The names and values, in order.
    public private(set) var pairs: [(name: String, value: String)] = []

    /// Makes parameters from single values.
    public init(dictionaryLiteral elements: (String, String)...) { pairs = elements.map { ($0.0, $0.1) } }

    /// Sets a single value.
    public mutating func set(_ name: String, _ value: String) {
        pairs.removeAll { $0.name == name }
        pairs.append((name, value))
    }

    /// Adds a single value that is not there yet.
    public mutating func append(_ name: String, _ value: String) { pairs.append((name, value)) }

    /// Adds a list: `InstanceId.1`, `InstanceId.2` …
    public mutating func add(_ name: String, list values: [String]) {
        for (index, value) in values.enumerated() { pairs.append(("\(name).\(index + 1)", value)) }
    }

    /// Adds filters, all of which must hold.
    public mutating func add(_ filters: [Filter]) {
        for (index, filter) in filters.enumerated() {
            pairs.append(("Filter.\(index + 1).Name", filter.name))
            add("Filter.\(index + 1).Value", list: filter.values)
        }
    }

    /// Adds the tags that a resource is created with.
    public mutating func add(tags: [String: String], for resourceTypes: [String]) {
        for (index, type) in resourceTypes.enumerated() {
            pairs.append(("TagSpecification.\(index + 1).ResourceType", type))
            for (number, tag) in tags.sorted(by: { $0.key < $1.key }).enumerated() {
                pairs.append(("TagSpecification.\(index + 1).Tag.\(number + 1).Key", tag.key))
                pairs.append(("TagSpecification.\(index + 1).Tag.\(number + 1).Value", tag.value))
            }
        }
    }

    /// The parameters as a form.
    var form: String { pairs.map { "\($0.name.percentEncoded())=\($0.value.percentEncoded())" }.joined(separator: "&") }

    /// Whether both say the same in the same order.
    public static func == (one: Self, other: Self) -> Bool { one.form == other.form }

    /// Hashes the form.
    public func hash(into hasher: inout Hasher) { hasher.combine(form) }
}
