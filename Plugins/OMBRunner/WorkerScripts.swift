import PluginAPI

/// What runs on a client that is one of several workers.
struct WorkerScripts {
    /// Where OMB is installed.
    let home: String
    /// The heap that the plan asks for.
    let heap: String?

    /// The port on which a worker takes the coordinator's orders, and the one with its statistics for Prometheus.
    static let port = 8080
    static let statisticsPort = 8081

    /// The address of a worker, as the coordinator takes it. Private: traffic between clients stays in their network.
    static func address(of host: Host) -> String { "http://\(host.privateAddress):\(port)" }

    /// The script of the job that is the worker.
    var start: String {
        """
        # Launchers of some versions look for OMB's libraries in the working directory.
        ln -sfn \(Shell.quoted("\(home)/lib")) lib
        \(JavaHeap(role: .load, wanted: heap).script)
        ln -sfn /dev/null benchmark-worker.log
        \(ConsoleFilter.script(for: command))

        """
    }

    private var command: String {
        "\(Shell.quoted("\(home)/bin/benchmark-worker")) -p \(Self.port) -sp \(Self.statisticsPort)"
    }

    /// Waits until the host's own worker answers, and lets go of whatever an earlier run left in it.
    ///
    /// Only /counters-stats is asked: reading /period-stats or /cumulative-latencies would take the numbers from the
    /// coordinator. A worker that cannot stop what it does is stuck, though it may still count.
    static let prepare = Script(
        """
        # LabHost: is the worker on this host ready for a run? The last line says why not.
        worker=http://127.0.0.1:\(port)
        deadline=$(($(date +%s) + ${LABHOST_WAIT:-0}))
        until answer=$(curl --fail --silent --show-error --max-time 5 "$worker/counters-stats" 2>&1); do
            if [ "$(date +%s)" -ge "$deadline" ]; then
                echo "GET /counters-stats: $answer"
                exit 1
            fi
            sleep 1
        done
        if ! answer=$(curl --fail --silent --show-error --max-time 30 --request POST "$worker/stop-all" 2>&1); then
            echo "POST /stop-all: $answer"
            exit 1
        fi
        if ! answer=$(curl --fail --silent --show-error --max-time 5 "$worker/counters-stats" 2>&1); then
            echo "GET /counters-stats after /stop-all: $answer"
            exit 1
        fi

        """,
        environment: ["LABHOST_WAIT": "45"],
        timeout: .seconds(120),
        comment: "prepare workers"
    )
}
