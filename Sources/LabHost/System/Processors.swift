#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// What this machine computes with.
enum Processors {
    /// How many there are to use now, at least one.
    static var count: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }
}

extension Array where Element: Sendable {
    /// Maps slices of the elements, as many at the same time as there are processors.
    ///
    /// - Parameters:
    ///   - size: How many elements a slice has.
    ///   - transform: What makes results of a slice.
    /// - Returns: The results of all slices, in their order.
    /// - Throws: What the first slice throws that fails.
    func mapSlices<Result: Sendable>(
        of size: Int = 256,
        _ transform: @escaping @Sendable (ArraySlice<Element>) async throws -> [Result]
    ) async throws -> [Result] {
        try await withThrowingTaskGroup(of: (start: Int, results: [Result]).self) { group in
            var found: [Int: [Result]] = [:]
            var starts = stride(from: 0, to: count, by: size).makeIterator()
            var running = 0
            while true {
                while running < Processors.count, let start = starts.next() {
                    let slice = self[start..<Swift.min(start + size, count)]
                    group.addTask { (start, try await transform(slice)) }
                    running += 1
                }
                guard let slice = try await group.next() else { break }
                found[slice.start] = slice.results
                running -= 1
            }
            return stride(from: 0, to: count, by: size).flatMap { found[$0] ?? [] }
        }
    }
}
