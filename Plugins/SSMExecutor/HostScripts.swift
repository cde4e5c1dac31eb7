import AWS
import PluginAPI

/// The shell that runs on the hosts, under `/bin/sh` as root on Amazon Linux 2023.
enum HostScripts {
    /// Where commands and jobs keep their files.
    static let root = "/var/lib/labhost"
    /// Compressed bytes that a first answer carries: as base64 they and the frame stay under the 24,000 characters that
    /// GetCommandInvocation gives.
    static let inlineBytes = 17_000

    /// Runs a script and prints a frame: what it wrote is compressed and checked, because Systems Manager cuts output.
    ///
    /// An answer that is too long for one frame stays on the host, where ``piece(of:from:count:)`` fetches the rest.
    static func run(_ script: String, environment: [String: String], compressed: [UInt8]) -> String {
        let exports = environment.sorted { $0.key < $1.key }
            .map { "export \($0.key)=\(Shell.quoted($0.value))\n" }.joined()
        // A script that names its interpreter is executed; any other is /bin/sh's.
        let start = script.hasPrefix("#!") ? #""$d/script""# : #"/bin/sh "$d/script""#
        return """
            umask 077
            mkdir -p \(root)/run && d=$(mktemp -d \(root)/run/XXXXXXXXXX) || exit 1
            export HOME=/root
            cd /root 2>/dev/null || cd /
            printf %s '\(Base64.text(compressed))' | base64 -d | gzip -dc >"$d/script" || exit 1
            chmod 700 "$d/script"
            \(exports)\(start) >"$d/out" 2>"$d/err" </dev/null
            status=$?
            tail -c 8000 "$d/err" >"$d/tail"
            cat "$d/out" "$d/tail" | gzip -n >"$d/all.gz" || exit 1
            size=$(wc -c <"$d/all.gz")
            sum=$(cat "$d/out" "$d/tail" | sha256sum | cut -d ' ' -f 1)
            echo labhost-1 $status $(wc -c <"$d/out") $(wc -c <"$d/tail") $size $sum "$d"
            head -c \(inlineBytes) "$d/all.gz" | base64 -w 0
            echo
            echo labhost-end
            if [ "$size" -le \(inlineBytes) ]; then rm -rf "$d"; else rm -f "$d/out" "$d/err" "$d/script"; fi
            exit 0
            """
    }

    /// Prints a piece of an answer that stayed on the host.
    static func piece(of directory: String, from offset: Int, count: Int) -> String {
        """
        tail -c +\(offset + 1) \(Shell.quoted(directory))/all.gz | head -c \(count) | base64 -w 0
        echo
        echo labhost-end
        """
    }

    /// Forgets an answer that stayed on the host.
    static func forget(_ directory: String) -> String { "rm -rf \(Shell.quoted(directory))" }

    /// Keeps one piece of a file that is on its way up.
    static func keep(_ piece: [UInt8], number: Int, of transfer: String) -> String {
        let directory = "\(root)/up/\(transfer)"
        return """
            set -e
            umask 077
            mkdir -p \(directory)
            printf %s '\(Base64.text(piece))' | base64 -d >\(directory)/\(number).tmp
            mv \(directory)/\(number).tmp \(directory)/\(number)
            """
    }

    /// Puts a file together from its pieces, checks it, and moves it into place.
    static func assemble(_ path: String, pieces: Int, transfer: String, sum: String) -> String {
        let directory = "\(root)/up/\(transfer)"
        return """
            set -e
            target=\(Shell.quoted(path))
            mkdir -p "$(dirname -- "$target")"
            new="$target.labhost-\(transfer)"
            trap 'rm -f "$new"' EXIT
            n=0
            while [ $n -lt \(pieces) ]; do cat "\(directory)/$n"; n=$((n + 1)); done | gzip -dc >"$new"
            echo "\(sum)  $new" | sha256sum -c --status - || { echo "the checksum of $target is wrong" >&2; exit 1; }
            chmod 644 "$new"
            mv "$new" "$target"
            rm -rf \(directory)
            """
    }

    /// Fetches a compressed file from a URL, checks it, and moves it into place.
    static func fetch(_ path: String, from url: String, transfer: String, sum: String) -> String {
        """
        set -e
        umask 077
        target=\(Shell.quoted(path))
        mkdir -p "$(dirname -- "$target")"
        new="$target.labhost-\(transfer)"
        trap 'rm -f "$new" "$new.gz"' EXIT
        \(curl("--output \"$new.gz\"", url))
        gzip -dc <"$new.gz" >"$new"
        echo "\(sum)  $new" | sha256sum -c --status - || { echo "the checksum of $target is wrong" >&2; exit 1; }
        chmod 644 "$new"
        mv "$new" "$target"
        """
    }

    /// Sends an answer that stayed on the host to a URL.
    static func send(_ directory: String, to url: String) -> String {
        curl("--upload-file \(Shell.quoted(directory))/all.gz --output /dev/null", url)
    }

    /// The URL is a secret: it is read from standard input, because command lines can be seen by every user of a host. It
    /// is percent-encoded, so it cannot end its quotes.
    private static func curl(_ options: String, _ url: String) -> String {
        """
        curl --fail --silent --show-error --retry 3 --max-time 1800 \(options) --config - <<'END'
        url = "\(url)"
        END
        """
    }

    /// Starts a job as a transient unit, once.
    ///
    /// The job's end is written by its own wrapper, so that it is known after the unit is gone.
    static func start(name: String, script: String, workingDirectory: String, user: String?, seconds: Int) -> String {
        let uid = user.map { "--uid=\(Shell.quoted($0)) " } ?? ""
        return """
            set -e
            d=\(root)/jobs/\(name)
            mkdir -p "$d" \(Shell.quoted(workingDirectory))
            [ ! -e "$d/status" ] || exit 0
            if systemctl is-active --quiet labhost-\(name).service; then exit 0; fi
            if [ -e "$d/log" ]; then exit 0; fi
            printf %s '\(Base64.text(Array(script.utf8)))' | base64 -d >"$d/script"
            cat >"$d/main" <<'END'
            #!/bin/sh
            /bin/sh -e "$1/script"
            echo $? >"$1/status.tmp" && mv "$1/status.tmp" "$1/status"
            END
            \(user == nil ? "" : "chown -R \(Shell.quoted(user ?? "")) \"$d\" \(Shell.quoted(workingDirectory))\n")\
            systemctl reset-failed labhost-\(name).service 2>/dev/null || true
            systemd-run --quiet --unit=labhost-\(name).service --collect --working-directory=\
            \(Shell.quoted(workingDirectory)) \(uid)--property=RuntimeMaxSec=\(seconds) --property=TimeoutStopSec=10 \
            --property=KillMode=control-group --property=StandardOutput=append:"$d/log" \
            --property=StandardError=append:"$d/log" /bin/sh "$d/main" "$d"
            """
    }

    /// Waits for a job's end or for more of its log, then prints its state, the sizes of files, and the log.
    static func status(name: String, from offset: Int, count: Int, files: [String], seconds: Int) -> String {
        let list = files.map(Shell.quoted).joined(separator: " ")
        return """
            d=\(root)/jobs/\(name)
            size() { if [ -f "$1" ]; then wc -c <"$1"; else echo 0; fi; }
            [ -d "$d" ] || { echo unknown 0; echo; exit 0; }
            end=$(($(date +%s) + \(seconds)))
            while :; do
                state=running
                if [ -e "$d/status" ]; then state=$(cat "$d/status"); break; fi
                if ! systemctl is-active --quiet labhost-\(name).service; then
                    sleep 1
                    # Killed with its wrapper: nobody wrote its end.
                    if [ -e "$d/status" ]; then state=$(cat "$d/status"); else state=137; fi
                    break
                fi
                [ "$(size "$d/log")" -le \(offset) ] || break
                [ "$(date +%s)" -lt "$end" ] || break
                sleep 0.5
            done
            echo "$state" "$(size "$d/log")"
            for file in \(list); do
                [ ! -f "$file" ] || printf '%s %s\\n' "$(size "$file")" "$file"
            done
            echo
            if [ -f "$d/log" ]; then tail -c +\(offset + 1) "$d/log" | head -c \(count); fi
            exit 0
            """
    }

    /// Stops a job with everything that it started.
    static func stop(name: String) -> String {
        """
        d=\(root)/jobs/\(name)
        [ -d "$d" ] || exit 0
        systemctl stop labhost-\(name).service 2>/dev/null
        if systemctl is-active --quiet labhost-\(name).service; then
            systemctl kill --signal=KILL labhost-\(name).service
        fi
        [ -e "$d/status" ] || echo 143 >"$d/status"
        exit 0
        """
    }
}
