import PluginAPI
import SystemPackage

/// The shell by which this machine is made a host. bash, because every Linux and macOS has one that can put a job into a
/// process group of its own (`set -m`); `setsid` and `timeout` are Linux's alone.
enum LocalScripts {
    /// Runs the script at `$1` with its output in `$2` and `$3`. One that names its interpreter is executed.
    static let run = """
        umask 077
        case $(head -c 2 "$1") in '#!') chmod 700 "$1"; set -- "$2" "$3" "$1";; *) set -- "$2" "$3" /bin/sh "$1";; esac
        out=$1 err=$2
        shift 2
        exec "$@" >"$out" 2>"$err" </dev/null
        """

    static func makeDirectory(_ path: FilePath) -> String { "mkdir -p -- \(Shell.quoted(path.string))" }

    /// Copies a file so that a reader sees all of it or nothing.
    static func copy(_ path: String, to local: FilePath) -> String {
        """
        from=\(Shell.quoted(path)) to=\(Shell.quoted(local.string))
        [[ -f $from ]] || { echo "there is no such file" >&2; exit 1; }
        cp -- "$from" "$to.tmp-$$" && mv -f -- "$to.tmp-$$" "$to" || { rm -f -- "$to.tmp-$$"; exit 1; }
        """
    }

    /// Starts a job, once: its main script claims the job, and gives way when another has it.
    static func start(in directory: FilePath, script: String, workingDirectory: String, seconds: Int) -> String {
        """
        set -e
        umask 077
        d=\(Shell.quoted(directory.string)) w=\(Shell.quoted(workingDirectory))
        mkdir -p -- "$d" "$w"
        [[ ! -e $d/claimed ]] || exit 0
        printf %s \(Shell.quoted(script)) >"$d/script"
        printf %s \(Shell.quoted(main)) >"$d/main"
        cd -- "$w"
        set -m
        /bin/bash "$d/main" "$d" \(seconds) </dev/null >>"$d/log" 2>&1 &
        disown
        while [[ ! -e $d/pid && ! -e $d/status ]]; do sleep 0.02; done
        """
    }

    /// What a job's process group is led by: it writes the end of the script, which is known after all is gone.
    private static let main = #"""
        d=$1
        mkdir "$d/claimed" 2>/dev/null || exit 0
        trap : TERM
        /bin/sh -e "$d/script" &
        child=$!
        (sleep "$2"; kill -TERM -- -$$; sleep 10; kill -KILL -- -$$) >/dev/null 2>&1 &
        \#(startTime)
        echo "$$ $(start_time $$)" >"$d/pid.tmp" && mv "$d/pid.tmp" "$d/pid"
        while :; do
            wait "$child"
            code=$?
            kill -0 "$child" 2>/dev/null || break
        done
        echo "$code" >"$d/status.tmp" && mv "$d/status.tmp" "$d/status"
        trap '' TERM
        kill -TERM -- -$$ 2>/dev/null
        """#

    /// A process is its number together with its start: the number alone comes again after a reboot.
    private static let startTime = #"""
        start_time() {
            if [ -e /proc/self/stat ]; then sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d ' ' -f 20
            else ps -o lstart= -p "$1"; fi
        }
        """#

    private static let isAlive = #"""
        \#(startTime)
        alive() {
            local pid start
            read -r pid start <"$d/pid" 2>/dev/null && [[ -n $start && $(start_time "$pid") == "$start" ]]
        }
        size() { if [[ -f $1 ]]; then wc -c <"$1" | tr -d ' '; else echo 0; fi; }
        """#

    /// Waits for a job's end or for more of its log, then writes a report (``JobStatus/init(report:logFrom:)``).
    static func status(
        in directory: FilePath,
        from offset: Int,
        count: Int,
        files: [String],
        seconds: Int,
        output: FilePath
    ) -> String {
        """
        d=\(Shell.quoted(directory.string))
        exec >\(Shell.quoted(output.string))
        \(isAlive)
        [[ -e $d/claimed ]] || { echo unknown 0; echo; exit 0; }
        end=$((SECONDS + \(seconds)))
        while :; do
            state=running
            if [[ -e $d/status ]]; then state=$(<"$d/status"); break; fi
            if ! alive; then
                sleep 0.2
                # Killed with its leader: nobody wrote its end.
                if [[ -e $d/status ]]; then state=$(<"$d/status"); else state=137; fi
                break
            fi
            (($(size "$d/log") <= \(offset))) || break
            ((SECONDS < end)) || break
            sleep 0.2
        done
        echo "$state $(size "$d/log")"
        for file in \(files.map(Shell.quoted).joined(separator: " ")); do
            [[ ! -f $file ]] || echo "$(size "$file") $file"
        done
        echo
        if [[ -f $d/log ]]; then tail -c +\(offset + 1) "$d/log" | head -c \(count); fi
        """
    }

    /// Stops a job: TERM for its group, then KILL; its end is written where it could not write it itself.
    static func stop(in directory: FilePath) -> String {
        """
        d=\(Shell.quoted(directory.string))
        [[ -e $d/claimed ]] || exit 0
        \(isAlive)
        read -r pid _ <"$d/pid" 2>/dev/null || pid=
        if [[ $pid ]] && alive; then
            kill -TERM -- "-$pid" 2>/dev/null
            end=$((SECONDS + 10))
            while kill -0 -- "-$pid" 2>/dev/null && ((SECONDS < end)); do sleep 0.1; done
            kill -KILL -- "-$pid" 2>/dev/null
        fi
        [[ -e $d/status ]] || echo 143 >"$d/status"
        exit 0
        """
    }
}
