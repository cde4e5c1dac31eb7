import PluginAPI

/// The script that runs OMB for one attempt.
struct BenchmarkJob {
    private let manifest: RunManifest
    private let cell: Cell
    private let options: OMBOptions

    /// Describes the job of an attempt.
    init(_ manifest: RunManifest, cell: Cell, options: OMBOptions) {
        self.manifest = manifest
        self.cell = cell
        self.options = options
    }

    /// OMB's inputs and output on the client. All absolute: a `workers.yaml` that lies about must not be found.
    var workloadPath: String { "\(manifest.workingDirectory)/workload.yaml" }
    var driverPath: String { "\(manifest.workingDirectory)/driver.yaml" }
    var resultPath: String { "\(manifest.workingDirectory)/result.json" }

    /// The job.
    var job: Job {
        Job(
            name: manifest.job,
            script: script,
            workingDirectory: manifest.workingDirectory,
            // The watchdog is to be the one that ends a run, because it knows why; this is for when nobody watches.
            timeout: .seconds(cell.timeoutSeconds + 60)
        )
    }

    private var script: String {
        let benchmark = [
            Shell.quoted("\(options.home)/bin/benchmark"), "-d", Shell.quoted(driverPath), "-o",
            Shell.quoted(resultPath), Shell.quoted(workloadPath),
        ].joined(separator: " ")
        return """
            # Launchers of some versions look for OMB's libraries in the working directory.
            ln -sfn \(Shell.quoted("\(options.home)/lib")) lib
            # Numbers are printed in the JVM's locale. Not every launcher knows JVM_OPTS.
            export JVM_OPTS='-Duser.language=en'
            \(heap)
            # Some versions write the whole console into this file, too.
            ln -sfn /dev/null benchmark-worker.log
            \(ConsoleFilter.script(for: benchmark))

            """
    }

    private var heap: String {
        if let heap = options.heap {
            return "export HEAP_OPTS=\(Shell.quoted("-Xms\(heap) -Xmx\(heap) -Duser.language=en"))"
        }
        return """
            # OMB's default of 4 GiB is more than a small client has. macOS has no /proc, and memory enough.
            if [ -r /proc/meminfo ]; then
                heap=$(awk '/^MemTotal:/ {m = int($2 / 2048); print (m > 4096 ? 4096 : m)}' /proc/meminfo)
                export HEAP_OPTS="-Xms${heap}m -Xmx${heap}m -Duser.language=en"
            fi
            """
    }
}
