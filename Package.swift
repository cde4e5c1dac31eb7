// swift-tools-version: 6.2
import PackageDescription

/// Every target is held to the same rules; each upcoming feature is named with its proposal.
let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),  // SE-0335
    .enableUpcomingFeature("MemberImportVisibility"),  // SE-0444
    .enableUpcomingFeature("InternalImportsByDefault"),  // SE-0409
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),  // SE-0461
    .treatAllWarnings(as: .error),  // SE-0443
]

/// The modules that touch C: every unsafe expression is marked as one (SE-0458).
let wrapper = strict + [.strictMemorySafety()]

let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let system: Target.Dependency = .product(name: "SystemPackage", package: "swift-system")
let subprocess: Target.Dependency = .product(name: "Subprocess", package: "swift-subprocess")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")

/// What `make build` says of the version, the commit and its date; a plain `swift build` says nothing.
let buildFacts: [CSetting] = ["VERSION", "COMMIT", "DATE"].compactMap { name in
    let text = Context.environment["LABHOST_BUILD_\(name)"]?.filter {
        $0.isASCII && ($0.isLetter || $0.isNumber || ".-".contains($0))
    }
    return text.flatMap { $0.isEmpty ? nil : .define("LABHOST_BUILD_\(name)", to: $0) }
}

func library(
    _ name: String,
    _ dependencies: [Target.Dependency],
    resources: [Resource] = [],
    settings: [SwiftSetting] = strict
) -> Target {
    .target(name: name, dependencies: dependencies + [system], resources: resources, swiftSettings: settings)
}

func plugin(
    _ name: String,
    _ dependencies: [Target.Dependency] = [],
    exclude: [String] = [],
    resources: [Resource] = []
) -> Target {
    .target(
        name: name,
        dependencies: ["PluginAPI", system] + dependencies,
        path: "Plugins/\(name)",
        exclude: exclude,
        resources: resources,
        swiftSettings: strict
    )
}

func tests(
    _ name: String,
    _ dependencies: [Target.Dependency],
    exclude: [String] = [],
    resources: [Resource] = []
) -> Target {
    .testTarget(
        name: "\(name)Tests",
        dependencies: [.target(name: name), system] + dependencies + (name == "PluginAPI" ? [] : ["PluginAPI"]),
        exclude: exclude,
        resources: resources,
        swiftSettings: strict
    )
}

let package = Package(
    name: "labhost",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "labhost", targets: ["LabHostMain"]),
        .library(name: "PluginAPI", targets: ["PluginAPI"]),
        .library(name: "AWS", targets: ["AWS"]),
        .library(name: "Document", targets: ["Document"]),
        .library(name: "LabHost", targets: ["LabHost"]),
        .library(name: "OMBRunner", targets: ["OMBRunner"]),
        .library(name: "Pulsar", targets: ["Pulsar"]),
        .library(name: "LabHostCLI", targets: ["LabHostCLI"]),
        .library(name: "PluginTestKit", targets: ["PluginTestKit"]),
        .library(name: "Reporters", targets: ["HTMLReporter", "TabularReporter"]),
        .library(name: "SSMExecutor", targets: ["SSMExecutor"]),
    ],
    dependencies: [
        // The command line, its help and its shell completions.
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        // File paths as values, portable between Linux and macOS.
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        // Child processes (terraform, packer) with streams, sessions and graceful shutdown.
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2", traits: []),
        // The history of all experiments: SQLite with statements, migrations and several processes at once.
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    ],
    targets: [
        .systemLibrary(
            name: "CCurl",
            pkgConfig: "libcurl",
            providers: [.apt(["libcurl4-openssl-dev"]), .brew(["curl"])]
        ),
        .systemLibrary(
            name: "COpenSSL",
            pkgConfig: "openssl",
            providers: [.apt(["libssl-dev"]), .brew(["openssl@3"])]
        ),
        .systemLibrary(
            name: "CYAML",
            pkgConfig: "yaml-0.1",
            providers: [.apt(["libyaml-dev"]), .brew(["libyaml"])]
        ),
        .systemLibrary(
            name: "CJansson",
            pkgConfig: "jansson",
            providers: [.apt(["libjansson-dev"]), .brew(["jansson"])]
        ),
        // Command output and files travel compressed: Systems Manager carries 24,000 characters an answer.
        .systemLibrary(
            name: "CZlib",
            pkgConfig: "zlib",
            providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]
        ),

        .target(name: "CBuildFacts", cSettings: buildFacts),

        library("PluginAPI", []),
        library("Document", ["CYAML", "CJansson"], settings: wrapper),
        library(
            "AWS",
            ["PluginAPI", "Document", "CCurl", "COpenSSL", "CZlib"],
            resources: [.embedInCode("Pricing/Resources/prices.json")],
            settings: wrapper
        ),
        library("Pulsar", ["PluginAPI"]),
        library("HostSampling", ["PluginAPI"]),
        library("LabHost", ["PluginAPI", "Document", subprocess, grdb]),
        library("PluginTestKit", ["PluginAPI"]),

        plugin("PacerBuilder", ["AWS"], resources: [.embedInCode("Resources")]),
        plugin("TerraformProvisioner", ["AWS", "Document"], resources: [.embedInCode("Resources")]),
        plugin("DryRunProvisioner", ["AWS"]),
        plugin("SSMExecutor", ["AWS"]),
        plugin("LocalExecutor"),
        plugin("DryRunExecutor", ["Document"]),
        plugin("EC2Provisioner", ["AWS"]),
        plugin("ExistingCluster", ["AWS", "Pulsar"]),
        plugin("LocalProvisioner", ["LocalExecutor", "Pulsar"]),
        // AWS for its SHA-256: results are known by their hash.
        plugin("OMBRunner", ["HostSampling", "AWS", "Document"]),
        plugin("HTMLReporter"),
        plugin("TabularReporter", resources: [.embedInCode("Resources")]),
        plugin("CostReporter"),
        plugin("HostMetrics", ["HostSampling"]),
        plugin("PrometheusMetrics"),
        plugin("CloudWatchMetrics", ["AWS"]),

        .target(
            name: "LabHostCLI",
            dependencies: [
                "LabHost", "PluginAPI", "AWS", "Pulsar", "Document", "CBuildFacts", arguments, system,
                "PacerBuilder", "TerraformProvisioner", "EC2Provisioner", "ExistingCluster", "LocalProvisioner",
                "LocalExecutor", "DryRunProvisioner", "SSMExecutor",
                "DryRunExecutor",
                "OMBRunner", "HTMLReporter", "TabularReporter", "CostReporter",
                "HostMetrics", "PrometheusMetrics", "CloudWatchMetrics",
            ],
            swiftSettings: strict
        ),
        .executableTarget(name: "LabHostMain", dependencies: ["LabHostCLI"], swiftSettings: strict),

        // The fuzzer's package has it as well: Tests/Fuzz.
        .target(
            name: "HostileInput",
            dependencies: ["Document", "LabHost", "PluginAPI", "Pulsar"],
            path: "Tests/Fuzz/Sources/HostileInput",
            swiftSettings: strict
        ),
        .testTarget(
            name: "HostileInputTests",
            dependencies: ["HostileInput", "LabHost", "PluginTestKit"],
            swiftSettings: strict
        ),
        tests("PluginAPI", ["PluginTestKit"]),
        tests("Document", []),
        tests("AWS", ["PluginTestKit"], resources: [.copy("Fixtures")]),
        tests("Pulsar", ["PluginTestKit"]),
        tests("HostSampling", ["PluginTestKit"]),
        tests("LabHost", ["Document", "Pulsar", "PluginTestKit", grdb], exclude: ["Fixtures"]),
        tests("TerraformProvisioner", ["Document", "PluginTestKit"], resources: [.copy("Recordings")]),
        tests("SSMExecutor", ["AWS", "PluginTestKit", subprocess]),
        tests("LocalExecutor", ["LabHost", "PluginTestKit"]),
        tests("DryRunExecutor", ["Document", "OMBRunner", "PluginTestKit"]),
        tests("DryRunProvisioner", ["PluginTestKit"]),
        tests("OMBRunner", ["Document", "PluginTestKit"], resources: [.copy("Recordings"), .copy("WorkerAPI")]),
        tests("EC2Provisioner", ["AWS", "PluginTestKit"]),
        tests("PacerBuilder", ["AWS", "PluginTestKit", subprocess]),
        tests("TabularReporter", ["CostReporter", "PluginTestKit"]),
        tests("HostMetrics", ["HostSampling", "PluginTestKit"]),
        tests("PrometheusMetrics", ["LabHost", "LocalExecutor", "PluginTestKit"]),
        tests("CloudWatchMetrics", ["AWS", "PluginTestKit"]),
        tests("HTMLReporter", ["AWS", "PluginTestKit"]),
        tests("LabHostCLI", ["AWS", "LabHost", arguments, "PluginTestKit"]),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "LabHostMain", "AWS", "EC2Provisioner", "ExistingCluster", "LabHost", "LocalProvisioner",
                "PacerBuilder",
                "PluginAPI",
                "PluginTestKit",
                "SSMExecutor", "TerraformProvisioner", subprocess, system,
            ],
            exclude: ["browser.py", "contrast.js", "signatures.py"],
            swiftSettings: strict
        ),
    ]
)
