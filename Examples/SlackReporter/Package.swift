// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "slack",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "labhost", path: "../.."),
        // The paths that LabHost hands over.
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    ],
    targets: [
        .target(
            name: "SlackReporter",
            dependencies: [
                .product(name: "PluginAPI", package: "labhost"),
                .product(name: "SystemPackage", package: "swift-system"),
            ]
        ),
        .executableTarget(
            name: "labhost-slack",
            dependencies: ["SlackReporter", .product(name: "LabHostCLI", package: "labhost")],
            path: "Sources/labhost"
        ),
        .testTarget(
            name: "SlackReporterTests",
            dependencies: ["SlackReporter", .product(name: "PluginTestKit", package: "labhost")]
        ),
    ]
)
