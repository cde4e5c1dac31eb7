// swift-tools-version: 6.2
import PackageDescription

/// Timings, measured and never asserted. A package of its own, so that no build of LabHost waits for it.
let package = Package(
    name: "benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "labhost", path: "..")],
    targets: [
        .executableTarget(
            name: "Benchmarks",
            dependencies: [
                .product(name: "Document", package: "labhost"), .product(name: "LabHost", package: "labhost"),
                .product(name: "Pulsar", package: "labhost"),
            ]
        ),
        .executableTarget(
            name: "Results",
            dependencies: [
                .product(name: "OMBRunner", package: "labhost"), .product(name: "PluginAPI", package: "labhost"),
            ]
        ),
        .executableTarget(
            name: "Fleet",
            dependencies: [
                .product(name: "AWS", package: "labhost"), .product(name: "PluginAPI", package: "labhost"),
                .product(name: "SSMExecutor", package: "labhost"),
            ],
            // As LabHost itself is built; its protocols say where their closures run.
            swiftSettings: [.enableUpcomingFeature("NonisolatedNonsendingByDefault")]
        ),
        .executableTarget(
            name: "Reports",
            dependencies: [
                .product(name: "PluginAPI", package: "labhost"), .product(name: "PluginTestKit", package: "labhost"),
                .product(name: "Reporters", package: "labhost"),
            ],
            // As LabHost itself is built; its protocols say where their closures run.
            swiftSettings: [.enableUpcomingFeature("NonisolatedNonsendingByDefault")]
        ),
    ]
)
