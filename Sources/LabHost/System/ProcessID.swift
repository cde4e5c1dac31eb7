#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// This process.
enum ProcessID {
    /// Its id.
    static var current: Int32 { getpid() }
}
