/// Fewer points that look the same.
enum Downsample {
    /// At most `limit` of the points, in order: the lowest and the highest of each stretch, so that no spike is lost.
    static func extremes(of points: [Series.Point], to limit: Int) -> [Series.Point] {
        guard points.count > limit, limit >= 4 else { return points }
        let stretches = limit / 2
        var result: [Series.Point] = []
        result.reserveCapacity(limit)
        for stretch in 0..<stretches {
            let range = (stretch * points.count / stretches)..<((stretch + 1) * points.count / stretches)
            let indices = range.sorted { points[$0].y < points[$1].y }
            guard let lowest = indices.first, let highest = indices.last else { continue }
            result.append(points[min(lowest, highest)])
            if lowest != highest { result.append(points[max(lowest, highest)]) }
        }
        return result
    }

    /// At most `limit` of some elements, evenly spread, the first and the last among them.
    static func evenly<Element>(_ elements: [Element], to limit: Int) -> [Element] {
        guard elements.count > limit, limit > 1 else { return Array(elements.prefix(max(limit, 0))) }
        return (0..<limit).map { elements[$0 * (elements.count - 1) / (limit - 1)] }
    }
}
