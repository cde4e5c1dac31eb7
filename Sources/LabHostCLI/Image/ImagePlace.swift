import AWS
import ArgumentParser
import LabHost
import PluginAPI
import SystemPackage

/// Where images are looked for, and how a command behaves.
struct ImagePlace: ParsableArguments {
    @Option(help: "The AWS region.") var region: String?
    @Option(help: "The profile of the shared AWS files.") var profile: String?
    @Flag(help: "Change nothing, and say what would be done.") var dryRun = false
    @Flag(help: "Print JSON.") var json = false

    /// The regions: those that were named, separated by commas, or the one that the environment names.
    func regions(_ environment: [String: String]) throws -> [String] {
        let named: [String?] = region.map { PlanOptions.words($0).map(Optional.some) } ?? [nil]
        return try named.map { name in
            guard let region = try AWSRegion.resolve(plan: name, profile: profile, environment: environment) else {
                throw LabError(.usage, "no AWS region is named", hint: "--region us-west-2")
            }
            return region
        }
    }

    /// The one region of a command that takes one.
    func onlyRegion(_ environment: [String: String]) throws -> String {
        let all = try regions(environment)
        guard let region = all.first, all.count == 1 else {
            throw LabError(.usage, "--region takes one region here")
        }
        return region
    }

    /// A plugin's door to one region.
    func context(
        _ id: ExperimentID,
        in region: String,
        at directory: FilePath = "/nonexistent",
        seams: Seams,
        events: any EventSink
    ) -> PluginContext {
        var cloud = CloudSettings(region: region, profile: profile)
        cloud.endpoint = seams.environment["AWS_ENDPOINT_URL"].flatMap { $0.isEmpty ? nil : $0 }
        return PluginContext(
            experiment: id,
            directory: directory,
            cloud: cloud,
            tags: ["Project": "labhost", "ManagedBy": "labhost", "ExperimentID": id.rawValue],
            events: events,
            http: seams.http,
            processes: seams.processes,
            credentials: seams.credentials(cloud),
            clock: seams.clock,
            environment: seams.environment
        )
    }

    /// Prints a command's answer.
    func print(_ answer: some Encodable, orText text: () -> String) throws {
        let output = json ? String(decoding: try JSONCoding.encode(answer, pretty: true), as: UTF8.self) : text()
        Swift.print(output, terminator: "")
    }
}
