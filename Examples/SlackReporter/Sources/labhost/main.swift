import LabHostCLI
import SlackReporter

await LabHostTool.main(adding: [SlackReporter.self])
