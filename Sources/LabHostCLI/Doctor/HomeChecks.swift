import LabHost
import PluginAPI
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Looks at the place where experiments are kept.
struct HomeChecks: Sendable {
    /// Experiments are small, but one that cannot write its journal ends: a run of many cells writes some ten megabytes.
    static let leastBytes = 500_000_000

    let home: FilePath

    /// Whether the place is the user's own.
    func permissions() -> Finding {
        let check = "home"
        var facts = stat()
        guard stat(home.string, &facts) == 0 else {
            let parent = Self.nearest(to: home)
            guard access(parent.string, W_OK) == 0 else {
                return Finding(
                    check,
                    .failed,
                    "\(home) is not there, and \(parent) does not let it be made",
                    remedy: "set LABHOST_HOME to a directory of yours"
                )
            }
            return Finding(check, .ok, "\(home) is made by the first run")
        }
        guard facts.st_mode & S_IFMT == S_IFDIR, access(home.string, W_OK) == 0 else {
            let remedy = "set LABHOST_HOME to a directory of yours"
            return Finding(check, .failed, "\(home) is no directory that can be written to", remedy: remedy)
        }
        let remedy = "chmod 700 \(Shell.quoted(home.string))"
        if facts.st_mode & 0o022 != 0 {
            return Finding(check, .failed, "others may write to \(home), and so change what is run", remedy: remedy)
        }
        if facts.st_mode & 0o077 != 0 {
            return Finding(check, .warning, "others may look into \(home)", remedy: remedy)
        }
        return Finding(check, .ok, "\(home) is private")
    }

    /// Whether there is room.
    func space() -> Finding {
        let check = "disk"
        let place = Self.nearest(to: home)
        var facts = statvfs()
        guard statvfs(place.string, &facts) == 0 else {
            return Finding(check, .unknown, "how much room there is at \(place) could not be read")
        }
        return Self.space(Int(clamping: UInt64(facts.f_bavail) * UInt64(facts.f_frsize)), at: place)
    }

    /// What so many free bytes mean.
    static func space(_ free: Int, at place: FilePath) -> Finding {
        let text = "\(Figures.decimal(Double(free) / 1e9, places: 1)) GB are free at \(place)"
        guard free < leastBytes else { return Finding("disk", .ok, text) }
        return Finding("disk", .failed, text, remedy: "make room, or set LABHOST_HOME to a place that has more")
    }

    /// The path, or the lowest directory above it that is there.
    private static func nearest(to path: FilePath) -> FilePath {
        var path = path
        while access(path.string, F_OK) != 0, !path.isEmpty, path != path.removingLastComponent() {
            path.removeLastComponent()
        }
        return path.isEmpty ? "." : path
    }
}
