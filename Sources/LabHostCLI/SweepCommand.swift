import AWS
import ArgumentParser
import LabHost
import PluginAPI

/// `labhost sweep`: what experiments left behind whose host is gone.
struct SweepCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sweep",
        abstract: "Find, and with --execute delete, what experiments left behind.",
        discussion: """
            Only resources with LabHost's Project and ExperimentID tags are looked at. Without --execute nothing is \
            changed. Experiments that a process on this machine is working on are left alone.

            Example: labhost sweep --expired
            """
    )

    @Option(name: .customLong("experiment-id"), help: "Only this experiment.") var experimentID: String?
    @Option(help: "Only experiments of which the oldest resource is older: 6h, 2d.") var olderThan: String?
    @Flag(help: "Only experiments that should have ended by their ExpiresAt tags.") var expired = false
    @Option(name: .customLong("region"), help: "The regions, separated by commas.") var regions: String?
    @Option(help: "The profile of the shared AWS files.") var profile: String?
    @Flag(help: "Delete what was found.") var execute = false
    @Flag(help: "Print JSON.") var json = false

    func run() async throws {
        let environment = Environment.all
        let choice = try SweepChoice(experiment: experimentID, olderThan: olderThan, onlyExpired: expired)
        guard !execute || choice.isNarrow else {
            throw LabError(
                .usage,
                "sweep --execute needs to be told what",
                hint: "--expired, --older-than 6h or --experiment-id ID"
            )
        }
        var answer = SweepAnswer(isDry: !execute)
        let failure: (any Error)?
        do {
            try await sweep(choice, try Seams.standard(environment: environment), &answer)
            failure = nil
        } catch {
            failure = error
        }
        // What was deleted is said also when another region could not be asked.
        print(
            json ? String(decoding: try JSONCoding.encode(answer, pretty: true), as: UTF8.self) : answer.text,
            terminator: ""
        )
        if let error = failure ?? answer.error { throw error }
    }

    private func sweep(_ choice: SweepChoice, _ seams: Seams, _ answer: inout SweepAnswer) async throws {
        let store = try ExperimentStore(environment: seams.environment)
        let scratch = ExperimentStore.newID(at: seams.clock.now())
        for region in try places(seams.environment) {
            let sweep = try Sweep(context(scratch, region, seams, store))
            for remains in try await sweep.find(only: choice.experiment)
            where choice.includes(remains, at: seams.clock.now()) {
                var entry = SweepAnswer.Entry(remains: remains)
                entry.isInUse = store.directory(of: remains.experiment).isBeingWorkedOn
                if execute, !entry.isInUse { entry.outcome = try await sweep.delete(remains) }
                answer.entries.append(entry)
            }
        }
        answer.isComplete = true
    }

    private func places(_ environment: [String: String]) throws -> [String] {
        let named: [String?] = regions.map { PlanOptions.words($0).map(Optional.some) } ?? [nil]
        return try named.map { name in
            guard let region = try AWSRegion.resolve(plan: name, profile: profile, environment: environment) else {
                throw LabError(.usage, "no AWS region is named", hint: "--region us-west-2,eu-west-1")
            }
            return region
        }
    }

    private func context(
        _ experiment: ExperimentID,
        _ region: String,
        _ seams: Seams,
        _ store: ExperimentStore
    ) -> PluginContext {
        var cloud = CloudSettings(region: region, profile: profile)
        cloud.endpoint = seams.environment["AWS_ENDPOINT_URL"].flatMap { $0.isEmpty ? nil : $0 }
        return PluginContext(
            experiment: experiment,
            directory: store.directory(of: experiment).path,
            cloud: cloud,
            tags: ["Project": "labhost"],
            events: SweepEvents(),
            http: seams.http,
            processes: seams.processes,
            credentials: seams.credentials(cloud),
            clock: seams.clock,
            environment: seams.environment,
            cache: seams.cache
        )
    }
}

/// A sweep has no journal: what it deletes belongs to experiments whose journals may be elsewhere.
struct SweepEvents: EventSink {
    func record(_ event: PluginEvent) {}
}
