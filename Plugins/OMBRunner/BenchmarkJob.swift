import PluginAPI

/// The script that runs OMB for one attempt.
struct BenchmarkJob {
    private let manifest: RunManifest
    private let cell: Cell
    private let options: OMBOptions
    private let workers: [String]

    /// Describes the job of an attempt.
    ///
    /// - Parameters:
    ///   - manifest: The attempt.
    ///   - cell: What is measured.
    ///   - options: Where OMB is.
    ///   - workers: The addresses of the workers that carry the load; none when this process does.
    init(_ manifest: RunManifest, cell: Cell, options: OMBOptions, workers: [String] = []) {
        self.manifest = manifest
        self.cell = cell
        self.options = options
        self.workers = workers
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
        var words = [
            Shell.quoted("\(options.home)/bin/benchmark"), "-d", Shell.quoted(driverPath), "-o",
            Shell.quoted(resultPath),
        ]
        if !workers.isEmpty {
            words += ["-w", Shell.quoted(workers.joined(separator: ","))]
            if cell.workload.extraConsumers { words.append("-x") }
        }
        words.append(Shell.quoted(workloadPath))
        return """
            # Launchers of some versions look for OMB's libraries in the working directory.
            ln -sfn \(Shell.quoted("\(options.home)/lib")) lib
            \(JavaHeap(role: workers.isEmpty ? .load : .coordinator, wanted: options.heap).script)
            # Some versions write the whole console into this file, too.
            ln -sfn /dev/null benchmark-worker.log
            \(ConsoleFilter.script(for: words.joined(separator: " ")))

            """
    }
}
