import PluginAPI

/// The JVM options of OMB's processes on a client, as lines of a shell script.
struct JavaHeap {
    /// The processes of OMB.
    enum Role {
        /// It sends and receives: alone on a client, or as one of several workers.
        case load
        /// It only steers workers; on the first client it runs beside one of them.
        case coordinator
    }

    let role: Role
    /// The heap that the plan asks for, as `-Xmx` takes it.
    let wanted: String?

    /// Sets `HEAP_OPTS`, and `JVM_OPTS` for the launchers that know it. Numbers are printed in the JVM's locale.
    var script: String { "export JVM_OPTS='-Duser.language=en'\n\(heap)" }

    private var heap: String {
        if let wanted, role == .load {
            return "export HEAP_OPTS=\(Shell.quoted("-Xms\(wanted) -Xmx\(wanted) -Duser.language=en"))"
        }
        // Half of the memory for what carries load; the coordinator holds histograms of all workers, and nothing else.
        let share = role == .load ? "int($2 / 2048); print (m > 4096 ? 4096 : m)" : Self.coordinatorShare
        return """
            # OMB's default of 4 GiB is more than a small client has. macOS has no /proc, and memory enough.
            if [ -r /proc/meminfo ]; then
                heap=$(awk '/^MemTotal:/ {m = \(share)}' /proc/meminfo)
                export HEAP_OPTS="-Xms${heap}m -Xmx${heap}m -Duser.language=en"
            fi
            """
    }

    private static let coordinatorShare = "int($2 / 8192); print (m > 1024 ? 1024 : m < 256 ? 256 : m)"
}
