public import Document

/// A value from outside the plan that takes the place of the plan's own: a named flag, or `--set path=value`.
public struct PlanOverride: Sendable, Hashable {
    /// Where it goes.
    public var path: PlanPath
    /// The value; messages about it say where it comes from through its mark.
    public var value: Node

    /// The origin of values given as flags.
    public static let commandLine = SourceMark(origin: "command line")

    /// Makes an override of a single text, typed by the schema like any other scalar.
    public init(_ path: PlanPath, _ text: String) {
        self.init(path, Node(.scalar(Scalar(text)), at: Self.commandLine))
    }

    /// Makes an override.
    public init(_ path: PlanPath, _ value: Node) {
        self.path = path
        self.value = value
    }

    /// The tree with the value in its place; mappings on the way are made where there are none.
    ///
    /// - Parameter root: The plan.
    /// - Returns: The new tree.
    /// - Throws: ``DocumentError`` when the path leads through a list's end or through a single value.
    public func applied(to root: Node) throws(DocumentError) -> Node {
        try replacing(in: root, steps: path.steps[...])
    }

    private func replacing(in node: Node?, steps: ArraySlice<PlanPath.Step>) throws(DocumentError) -> Node {
        guard let step = steps.first else { return value }
        let rest = steps.dropFirst()
        let node = node.map { isPluginsName($0, steps) ? Self.choice($0) : $0 }
        switch (step, node?.content) {
        case (.key(let key), nil),
            (.key(let key), .scalar?) where node?.isNull ?? true:
            let entry = Mapping.Entry(key: key, keyMark: value.mark, value: try replacing(in: nil, steps: rest))
            return Node(.mapping(Mapping([entry])), at: node?.mark ?? value.mark)
        case (.key(let key), .mapping(var mapping)?):
            let old = mapping.entry(key)
            let new = try replacing(in: old?.value, steps: rest)
            mapping.set(Mapping.Entry(key: key, keyMark: old?.keyMark ?? value.mark, value: new))
            return Node(.mapping(mapping), at: node?.mark ?? value.mark)
        case (.index(let index), .sequence(var elements)?) where elements.indices.contains(index):
            elements[index] = try replacing(in: elements[index], steps: rest)
            return Node(.sequence(elements), at: node?.mark ?? value.mark)
        default:
            throw DocumentError("\(path): there is no such place in the plan", at: value.mark)
        }
    }

    /// Whether a node on the way is a plugin that is given by its name alone, `provisioner: ec2`.
    private func isPluginsName(_ node: Node, _ steps: ArraySlice<PlanPath.Step>) -> Bool {
        guard path.steps.first == .key("plugins"), steps.startIndex == 2 else { return false }
        return node.scalar != nil && !node.isNull
    }

    /// The longer way to write the same, which has room for options.
    private static func choice(_ name: Node) -> Node {
        Node(.mapping(Mapping([Mapping.Entry(key: "use", keyMark: name.mark, value: name)])), at: name.mark)
    }
}
