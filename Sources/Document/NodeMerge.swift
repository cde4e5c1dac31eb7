extension Node {
    /// This tree with another laid over it: mappings are merged key by key, anything else is replaced.
    ///
    /// Each value keeps the position at which it is written, so that messages point into the right file.
    ///
    /// - Parameter other: The tree whose values win.
    /// - Returns: The merged tree; its keys in the order of this one, new ones after them.
    public func merged(with other: Node) -> Node {
        guard let base = mapping, let over = other.mapping else { return other }
        let merged = over.entries.map { entry in
            guard let old = base[entry.key] else { return entry }
            return Mapping.Entry(key: entry.key, keyMark: entry.keyMark, value: old.merged(with: entry.value))
        }
        return Node(.mapping(Mapping(base.entries + merged)), at: other.mark)
    }
}
