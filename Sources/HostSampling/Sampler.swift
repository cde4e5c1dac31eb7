public import PluginAPI

/// Samples what hosts do while something runs on them: one script on all of them to start with, and one at the end.
///
/// A sample is a line of counters as the kernel has them, so that any window can be looked at afterwards; see
/// ``HostSamples``. The file is bounded, and so is the sampler's life: nobody has to come back for it.
public struct Sampler: Sendable, Hashable {
    /// The directory on the hosts, which is the sampler's own; its name is what makes starting it twice start it once.
    public var directory: String
    /// Seconds between two samples, 1 to 10.
    public var interval: Int
    /// How long it goes on when nobody collects, in seconds.
    public var lifetime: Int

    /// The most samples that are kept of a host: of about 200 bytes each.
    public static let mostSamples = 5_000

    /// Makes a sampler.
    ///
    /// - Parameters:
    ///   - directory: The directory on the hosts, absolute.
    ///   - expected: How long what is sampled is to take; the interval follows from it.
    ///   - lifetime: How long it may take at the most.
    public init(directory: String, expected: Duration, lifetime: Duration) {
        self.directory = directory
        interval = Int(min(max(expected.components.seconds / 600, 1), 10))
        self.lifetime = Int(lifetime.components.seconds)
    }

    /// Starts sampling; the first sample is there when it ends.
    public var start: Script {
        Script(
            """
            #!/bin/bash
            # LabHost: samples this host's load until it is collected, its time is over, or the file is full.
            umask 077
            d=\(Shell.quoted(directory))
            mkdir -p -- "$d" || exit 1
            mkdir "$d/claimed" 2>/dev/null || exit 0
            cat >"$d/functions" <<'LABHOST_END'
            \(SamplerFunctions.text)
            LABHOST_END
            cat >"$d/main" <<'LABHOST_END'
            . "$1/functions"
            find_out "$1"
            sample "$1"
            end=$((SECONDS + $3)) n=1
            touch "$1/begun"
            while [ "$n" -lt \(Self.mostSamples) ] && [ "$SECONDS" -lt "$end" ] && [ ! -e "$1/stop" ]; do
                sleep "$2"
                sample "$1"
                n=$((n + 1))
            done
            LABHOST_END
            set -m
            /bin/bash "$d/main" "$d" \(interval) \(lifetime) </dev/null >/dev/null 2>&1 &
            echo $! >"$d/pid"
            disown
            for _ in 1 2 3 4 5 6 7 8 9 10; do
                [ ! -e "$d/begun" ] || break
                sleep 0.3
            done

            """,
            timeout: .seconds(30),
            comment: "sample load"
        )
    }

    /// Stops sampling, and prints every sample and what is known of the clock.
    public var collect: Script {
        Script(
            """
            #!/bin/bash
            # LabHost: the last sample of this host's load, and all of them.
            d=\(Shell.quoted(directory))
            [ -e "$d/functions" ] || exit 0
            . "$d/functions"
            touch "$d/stop"
            kill -TERM -- "-$(cat "$d/pid")" 2>/dev/null
            find_out "$d"
            sample "$d"
            cat "$d/samples"
            clock

            """,
            timeout: .seconds(60),
            comment: "collect load"
        )
    }
}
