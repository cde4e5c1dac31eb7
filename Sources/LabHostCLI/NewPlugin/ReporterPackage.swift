/// The files of a package with a reporter, its test, and a `labhost` that has it.
struct ReporterPackage: Sendable {
    let name: PluginName
    let source: LabHostSource

    /// Each file's content by its path in the package.
    var files: [String: String] {
        [
            "Package.swift": manifest, ".gitignore": ".build/\nPackage.resolved\n", "README.md": readme,
            "Sources/\(type)/\(type).swift": reporter, "Sources/labhost/main.swift": main,
            "Tests/\(type)Tests/\(type)Tests.swift": tests,
        ]
    }

    private var type: String { name.type }

    private var manifest: String {
        """
        // swift-tools-version: 6.2
        import PackageDescription

        let package = Package(
            name: "\(name.id)",
            platforms: [.macOS(.v15)],
            dependencies: [
                \(source.dependency)
            ],
            targets: [
                .target(
                    name: "\(type)",
                    dependencies: [.product(name: "PluginAPI", package: "\(source.package)")]
                ),
                .executableTarget(
                    name: "labhost-\(name.id)",
                    dependencies: ["\(type)", .product(name: "LabHostCLI", package: "\(source.package)")],
                    path: "Sources/labhost"
                ),
                .testTarget(
                    name: "\(type)Tests",
                    dependencies: ["\(type)", .product(name: "PluginTestKit", package: "\(source.package)")]
                ),
            ]
        )

        """
    }

    private var main: String {
        """
        import LabHostCLI
        import \(type)

        await LabHostTool.main(adding: [\(type).self])

        """
    }

    private var reporter: String {
        """
        public import PluginAPI

        /// Writes one line for each cell: what it is, and whether its result can be trusted.
        public struct \(type): Reporter {
            /// What `labhost plugins` says of it.
            public static let descriptor = PluginDescriptor(
                id: "\(name.id)",
                phase: .report,
                summary: "\(name.id).txt: each cell and its verdict"
            )

            /// Makes the reporter.
            public init(options: NoOptions, context: PluginContext) {}

            /// The file. A cell that did not end has no verdict.
            public func report(_ record: ExperimentRecord) async throws -> [ReportFile] {
                let heading = record.isSimulated ? ["simulated: no number is measured"] : []
                let cells = record.cells.map { "\\($0.cell.name): \\($0.outcome?.verdict.rawValue ?? "no outcome")" }
                let text = (["\\(record.experiment): \\(record.cells.count) cells"] + heading + cells).map { $0 + "\\n" }.joined()
                return [ReportFile(name: "\(name.id).txt", content: Array(text.utf8))]
            }
        }

        """
    }

    private var tests: String {
        """
        import PluginAPI
        import PluginTestKit
        import Testing

        @testable import \(type)

        @Suite struct \(type)Tests {
            @Test func `it keeps the rules of reporters`() async throws {
                try await ReporterConformance.check { \(type)(options: NoOptions(), context: $0) }
            }

            @Test func `every cell has a line`() async throws {
                let record = SampleExperiment.complete.record
                let files = try await \(type)(options: NoOptions(), context: .fake()).report(record)
                let text = String(decoding: try #require(files.first).content, as: UTF8.self)
                for cell in record.cells { #expect(text.contains(cell.cell.name)) }
            }
        }

        """
    }

    private var readme: String {
        """
        # \(type)

        A reporter for LabHost, and a `labhost` that has it.

            swift test
            swift run labhost-\(name.id) run --provisioner dry-run --executor dry-run --reporter html,\(name.id) PLAN

        `Sources/\(type)` is the reporter; `swift run labhost-\(name.id) plugins \(name.id)` shows it. LabHost's documentation of
        `Reporter` and `ExperimentRecord` says what it is given.

        """
    }
}
