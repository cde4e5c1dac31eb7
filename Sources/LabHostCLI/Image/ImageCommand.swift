import ArgumentParser

/// `labhost image`: the machine images that hosts boot from.
struct ImageCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "image",
        abstract: "Build, list, check, copy and delete the images that hosts boot from.",
        discussion: "Example: labhost image list",
        subcommands: [
            ImageBuildCommand.self, ImageListCommand.self, ImageLatestCommand.self, ImageValidateCommand.self,
            ImageCopyCommand.self, ImageDeleteCommand.self, ImagePruneCommand.self,
        ]
    )
}
