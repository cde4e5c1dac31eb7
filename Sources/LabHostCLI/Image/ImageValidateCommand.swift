import ArgumentParser
import LabHost
import PacerBuilder
import PluginAPI

/// `labhost image validate`: whether an image has what hosts need.
struct ImageValidateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate",
        abstract: "Boot an instance of an image, look at it from within, and terminate it.",
        discussion: """
            Java, Pulsar and its version, OpenMessaging Benchmark, the services' templates, users and folders, the manifest \
            and the digests in it.

            Example: labhost image validate ami-0abcdef1234567890
            """
    )

    @OptionGroup var place: ImagePlace
    @Argument(help: "The image's id.") var image: String
    @Option(help: "What it is booted on; t3.medium otherwise, or t4g.medium.") var instanceType: String?
    @Option(help: "Where it is booted; the default VPC otherwise.") var subnet: String?
    @Option(help: "An instance profile that Systems Manager manages; one is made otherwise.") var instanceProfile:
        String?

    func run() async throws {
        let work = try ImageWork("validate")
        let region = try place.onlyRegion(work.seams.environment)
        let store = try ExperimentStore(environment: work.seams.environment)
        let id = ExperimentStore.newID(at: work.seams.clock.now())
        let directory = store.directory(of: id)
        let lock = place.dryRun ? nil : try ExperimentLock(store.create(id))
        defer {
            _ = lock
            if !place.dryRun { try? directory.remove() }
        }
        let (place, image, instanceType, subnet, instanceProfile) = (
            place, image, instanceType, subnet, instanceProfile
        )
        let report = try await work.run(summary: Self.summary) { events in
            var context = place.context(id, in: region, at: directory.path, seams: work.seams, events: events)
            context.cloud.instanceProfile = instanceProfile
            let found = try await ImageInventory(context).image(image)
            guard found.state == "available" else {
                throw LabError(.preflight, "the image \(image) is \(found.state), not available")
            }
            let type = instanceType ?? ImageValidation.instanceType(for: found)
            if place.dryRun { return ImageValidation.Report(image: found, instanceType: type, checks: []) }
            return try await ImageValidation(context, subnet: subnet).run(found, on: type)
        }
        try place.print(report) { text(report) }
        let failed = report.checks.filter { !$0.passed }
        guard failed.isEmpty else {
            throw LabError(
                .failed,
                "the image \(image) is not as it should be: \(failed.count) of \(report.checks.count) checks failed",
                cause: failed.map { "\($0.name): \($0.detail)" }.joined(separator: "\n"),
                hint: "labhost image build --force makes another"
            )
        }
    }

    @Sendable private static func summary(_ report: ImageValidation.Report) -> String {
        report.checks.isEmpty
            ? "nothing was booted" : "\(report.checks.count { $0.passed }) of \(report.checks.count) checks passed"
    }

    private func text(_ report: ImageValidation.Report) -> String {
        guard !report.checks.isEmpty else {
            return
                "would be booted on \(report.instanceType): \(report.image.id) (\(Printable.line(report.image.name)))\n"
        }
        let width = report.checks.map(\.name.count).max() ?? 0
        return report.checks.map { check in
            let name = check.name + String(repeating: " ", count: width - check.name.count)
            return "\(check.passed ? "ok    " : "FAILED")  \(name)  \(Printable.line(check.detail))\n"
        }.joined()
    }
}
