import PluginAPI

/// What runs on a host: it asks its own services every few seconds, and keeps what was chosen of the answers, compressed.
///
/// It ends when it is collected, when its time is over or its file is full. bash, as in the sampler of hosts: it can put a loop into a
/// process group of its own.
struct ScrapeScript: Sendable {
    /// What each answer follows, with the seconds since 1970.
    static let mark = "# labhost "

    /// The most bytes of one answer that are kept, after the choice.
    static let mostBytes = 262_144
    /// The most bytes that are kept in all, compressed.
    static let mostKeptBytes = 2_097_152

    /// The directory on the hosts; its name is what makes starting twice start once.
    let directory: String
    /// Where the metrics are.
    let url: String
    /// Seconds between two answers.
    let interval: Int
    /// Seconds until it ends by itself.
    let lifetime: Int
    /// The beginnings of the names that are kept.
    let families: [String]

    /// Starts; what earlier cells left is taken away.
    var start: Script {
        Script(
            """
            #!/bin/bash
            # LabHost: asks this host's services for their metrics until it is collected, its time is over, or the file is full.
            umask 077
            d=\(Shell.quoted(directory))
            mkdir -p -- "$d" || exit 1
            for old in "${d%/*}"/*; do [ "$old" = "$d" ] || rm -rf -- "$old"; done
            command -v curl >/dev/null 2>&1 || { echo 'there is no curl' >&2; exit 1; }
            mkdir "$d/claimed" 2>/dev/null || exit 0
            cat >"$d/main" <<'LABHOST_END'
            \(Self.loop)
            LABHOST_END
            set -m
            /bin/bash "$d/main" "$d" \(Shell.quoted(url)) \(interval) \(lifetime) \(Shell.quoted(pattern)) \\
                </dev/null >/dev/null 2>&1 &
            echo $! >"$d/pid"
            disown

            """,
            timeout: .seconds(30),
            comment: "scrape metrics"
        )
    }

    /// Stops, and prints all that was kept. Run again it prints the same.
    var collect: Script {
        Script(
            """
            #!/bin/bash
            # LabHost: what this host's services said of themselves.
            d=\(Shell.quoted(directory))
            [ -e "$d/pid" ] || exit 0
            touch "$d/stop"
            kill -TERM -- "-$(cat "$d/pid")" 2>/dev/null
            for _ in 1 2 3 4 5 6 7 8 9 10; do
                kill -0 -- "-$(cat "$d/pid")" 2>/dev/null || break
                sleep 0.2
            done
            # The last part may be torn: what comes before it is whole.
            cat "$d"/part-* 2>/dev/null | gzip -dc 2>/dev/null
            [ ! -s "$d/error" ] || cat "$d/error" >&2
            exit 0

            """,
            timeout: .seconds(60),
            comment: "collect metrics"
        )
    }

    /// Names hold no character that awk's patterns have a meaning for, but the letters, digits, `_` and `:` of metrics.
    private var pattern: String { "^(" + families.joined(separator: "|") + ")" }

    // Each answer is a file of its own until the next is there, so that a torn one harms no other.
    private static let loop = #"""
        umask 077
        end=$((SECONDS + $4)) n=0 kept=0
        while [ "$SECONDS" -lt "$end" ] && [ ! -e "$1/stop" ]; do
            {
                echo "# labhost $(date +%s)"
                curl --fail --silent --show-error --location --max-redirs 2 --max-time 5 --max-filesize 16777216 "$2" 2>"$1/error" |
                    awk -v chosen="$5" '$1 == "#" { if ($2 != "TYPE" || $3 !~ chosen) next } $1 != "#" && $0 !~ chosen { next }
                        { size += length($0) + 1; if (size > \#(mostBytes)) exit; print }'
            } | gzip -c >"$1/new"
            mv "$1/new" "$1/part-$(printf %06d "$n")"
            kept=$((kept + $(wc -c <"$1/part-$(printf %06d "$n")")))
            [ "$kept" -lt \#(mostKeptBytes) ] || exit 0
            n=$((n + 1))
            sleep "$3"
        done
        """#
}
