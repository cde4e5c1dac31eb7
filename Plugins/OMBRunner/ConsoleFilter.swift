import PluginAPI

/// The shell that keeps what OMB prints within bounds, on the client.
///
/// A benchmark whose sends fail writes a stack trace for each: 1.3 GB in four minutes have been seen, which would fill the
/// client's disk. The beginning goes through as it is. After that only OMB's own reports do, so that the run can still be
/// followed, and the rest is kept in memory as far as the log's end needs it. It is fast (awk), because a slow reader would
/// hold up the benchmark that it reads.
enum ConsoleFilter {
    /// How much of the beginning is kept, in bytes.
    static let head = 4 << 20
    /// How much of OMB's reports is kept after that, in bytes: a day and more of periods.
    static let reports = 4 << 20
    /// How much of the end is kept, in bytes.
    static let tail = 1 << 18

    /// What the line says that takes the place of what was left out, before the number of bytes.
    static let marker = "[labhost: the log was a flood, bytes left out here: "

    /// A script that runs a command and writes what it prints, within bounds, to standard output.
    ///
    /// - Parameter command: One simple command, quoted as a shell needs it.
    /// - Returns: The script, for `/bin/sh -e`; it ends with the command's status.
    static func script(for command: String) -> String {
        """
        cat >console.awk <<'END'
        \(program)
        END
        # mawk waits for a full buffer unless told otherwise, and no other awk knows the option.
        case $(awk -W version 2>&1 </dev/null) in mawk*) now='-W interactive' ;; *) now= ;; esac
        rm -f console.status
        {
            set +e
            \(command)
            echo $? >console.status
        } 2>&1 | (
            # It ends when OMB does, and so lives to write the log's end when the job is stopped.
            trap '' TERM
            LC_ALL=C exec awk $now -v head=\(head) -v reports=\(reports) -v tail=\(tail) -f console.awk
        )
        exit "$(cat console.status)"
        """
    }

    private static let program = #"""
        BEGIN { first = last = held = omitted = 0 }
        { size = length($0) + 1 }
        size > 65536 { $0 = substr($0, 1, 65535); size = 65536 }
        size <= head { head -= size; print; fflush(); next }
        { head = 0 }
        / - (Pub rate |All consumers are ready|----- |-+ WORKLOAD|Writing test result|Failed to run)/ && size <= reports {
            reports -= size; print; fflush(); next
        }
        {
            kept[last++] = $0; held += size
            while (held > tail) { n = length(kept[first]) + 1; held -= n; omitted += n; delete kept[first++] }
        }
        END {
            if (omitted > 0) printf "\#(marker)%d]\n", omitted
            while (first < last) print kept[first++]
        }
        """#
}
