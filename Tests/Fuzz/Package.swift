// swift-tools-version: 6.2
import PackageDescription

/// A package of its own: every module in it is built with libFuzzer's instrumentation (see `make fuzz`).
let package = Package(
    name: "fuzz",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "labhost", path: "../..")],
    targets: [
        .target(
            name: "HostileInput",
            dependencies: [
                .product(name: "Document", package: "labhost"), .product(name: "LabHost", package: "labhost"),
                .product(name: "PluginAPI", package: "labhost"),
                .product(name: "Pulsar", package: "labhost"),
            ]
        ),
        .executableTarget(
            name: "Fuzz",
            dependencies: ["HostileInput"],
            swiftSettings: [.unsafeFlags(["-parse-as-library"])]
        ),
    ]
)
