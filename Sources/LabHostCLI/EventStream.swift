import LabHost

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The events as JSON, one object a line, on standard output: the answer of `--json`.
enum EventStream {
    /// Prints events until their stream ends.
    static func follow(_ events: AsyncStream<Event>) async {
        for await event in events {
            guard let line = try? JSONCoding.encode(event) else { continue }
            Terminal.write(String(decoding: line, as: UTF8.self), to: STDOUT_FILENO)
        }
    }
}
