import ArgumentParser
import LabHost

/// Where a command serves metrics of itself.
struct TelemetryOptions: ParsableArguments {
    @Option(
        name: .customLong("metrics-listen"),
        help: ArgumentHelp(
            "Serve Prometheus metrics of the run itself at http://HOST:PORT/metrics; without a host only for this machine.",
            valueName: "host:port"
        ),
        transform: { text in
            do { return try ListenAddress(text) } catch { throw ValidationError("\(error)") }
        }
    )
    var listen: ListenAddress?
}
