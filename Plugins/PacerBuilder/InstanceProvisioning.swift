import AWS
import PluginAPI

/// Makes of a plain instance what an image is taken of: transfers the scripts, and runs one after the other.
struct InstanceProvisioning: Sendable {
    let context: PluginContext
    let blueprint: ImageBlueprint
    let recipe: ImageRecipe
    let log: BuildLog

    /// The steps of a whole build, for progress: before the scripts, the scripts, and after them.
    static func total(_ blueprint: ImageBlueprint) -> Double {
        Double(ProvisioningFiles.steps(withScript: blueprint.files["own.sh"] != nil).count + 4)
    }

    /// Provisions an instance that runs.
    ///
    /// - Throws: ``LabError`` that names the step and says why it failed.
    func run(on instance: String) async throws {
        do {
            // Version 1 of the metadata service gives the role's credentials to whoever can make the instance fetch a URL.
            try await EC2(context).perform(
                "ModifyInstanceMetadataOptions",
                ["InstanceId": instance, "HttpTokens": "required", "HttpPutResponseHopLimit": "1"]
            )
            let commands = InstanceCommands(context, on: instance)
            try await show("waiting for \(instance) to report to Systems Manager", 1)
            try await commands.waitUntilReachable()
            var files = blueprint.files
            files["settings.env"] = blueprint.settings(recipe)
            for command in try ProvisioningFiles.transfer(files) { try await run(command, "transfer", commands) }
            for (index, step) in ProvisioningFiles.steps(withScript: files["own.sh"] != nil).enumerated() {
                try await show("\(step) on \(instance)", Double(index) + 2)
                let script = "cd / && exec bash \(ProvisioningFiles.directory)/\(step).sh"
                try await run(script, step, commands)
            }
        } catch {
            throw LabError(aws: error, .failed, while: "provisioning \(instance)")
        }
    }

    private func show(_ label: String, _ completed: Double) async throws {
        try await context.events.progress(label, completed: completed, of: Self.total(blueprint))
    }

    private func run(_ script: String, _ step: String, _ commands: InstanceCommands) async throws {
        let comment = "LabHost \(context.experiment) image: \(step)"
        // Building a benchmark on a small instance takes most of an hour at worst.
        let answer = try await commands.run(script, comment: comment, limit: .seconds(3600))
        for line in [answer.output, answer.errors] where !line.isEmpty { log.write("\(step): \(line)") }
        guard answer.status == "Success" else {
            let words = (answer.errors.isEmpty ? answer.output : answer.errors)
                .split(separator: "\n").filter { !$0.hasPrefix("failed to run commands") }
            throw LabError(
                .failed,
                "the step \(step) failed on the instance (\(answer.statusDetails), exit status \(answer.responseCode))",
                cause: words.suffix(5).joined(separator: "\n"),
                hint: "the whole log is \(log.path)"
            )
        }
    }
}
