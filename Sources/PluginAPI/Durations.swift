/// Durations as people read them.
public enum Durations {
    /// `350 ms`, `4.2 s`, `1 min 05 s`, `2 h 10 min`.
    public static func short(_ duration: Duration) -> String {
        let milliseconds = Int(duration / .milliseconds(1))
        let seconds = (milliseconds + 500) / 1000
        switch milliseconds {
        case ..<950: return "\(milliseconds) ms"
        case ..<59_950: return "\((milliseconds + 50) / 1000).\((milliseconds + 50) / 100 % 10) s"
        case ..<3_600_000: return "\(seconds / 60) min \(twoDigits(seconds % 60)) s"
        default: return "\(seconds / 3600) h \(twoDigits(seconds / 60 % 60)) min"
        }
    }

    /// `01:05`, or `1:02:05` from an hour on.
    public static func clock(_ duration: Duration) -> String {
        let seconds = Int(duration.components.seconds)
        let tail = "\(twoDigits(seconds / 60 % 60)):\(twoDigits(seconds % 60))"
        return seconds < 3600 ? tail : "\(seconds / 3600):\(tail)"
    }

    private static func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
