public import PluginAPI

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// What was decided when an experiment began, frozen as `experiment.json`.
///
/// Later commands (`bench`, `report`, `teardown`) work from it and from the journal, never from the plan's file,
/// which may have changed.
public struct Experiment: Sendable, Hashable, Codable {
    /// A chosen plugin.
    public struct Choice: Sendable, Hashable, Codable {
        /// Its id.
        public var id: String
        /// Its options as flow YAML; nil for none.
        public var options: String?

        /// Makes a choice.
        public init(id: String, options: String? = nil) {
            self.id = id
            self.options = options
        }
    }

    /// When the cluster is kept instead of torn down.
    public enum KeepPolicy: String, Sendable, Hashable, Codable, CaseIterable {
        /// Torn down whatever happened.
        case never
        /// Kept when a phase or a cell failed.
        case onFailure = "on-failure"
        /// Kept until it expires.
        case always
    }

    /// The experiment.
    public var id: ExperimentID
    /// The plan's name.
    public var planName: String
    /// The plan's description.
    public var planDescription: String?
    /// The plan's file, as it was given.
    public var planFile: String
    /// LabHost's version.
    public var labhostVersion: String
    /// When it began.
    public var createdAt: Date
    /// When its resources expire.
    public var expiry: Date
    /// How many seconds its hosts go on when LabHost is gone; nil for until they expire.
    public var leaseSeconds: Int?
    /// The image builder.
    public var image: Choice
    /// The provisioner.
    public var provisioner: Choice
    /// The executor.
    public var executor: Choice
    /// The benchmark runner.
    public var runner: Choice
    /// The metrics collectors; nil for none.
    public var metrics: [Choice]?
    /// The reporters.
    public var reporters: [Choice]
    /// Which image is wanted.
    public var imageRequest: ImageRequest
    /// What differs from the cluster's driver file; nil for nothing.
    public var driver: DriverChoice?
    /// Where in the cloud.
    public var cloud: CloudSettings
    /// The tags on every resource.
    public var tags: [String: String]
    /// Whether a dry-run plugin takes part, so that numbers are made up.
    public var isSimulated: Bool
    /// When the cluster is kept.
    public var keep: KeepPolicy
    /// The most that it may cost in USD; nil for no limit.
    public var maxCostUSD: Double?
    /// The metrics that reports show first; nil for none.
    public var highlights: [String]?
    /// Whether reports hold the period series that their figures are made of; nil for yes.
    public var includesRawData: Bool?
    /// The flags to be given again with the plan for the same experiment; nil for none.
    public var arguments: [String]?
    /// Who measured; nil for LabHost.
    public var source: Provenance.Source?

    /// Makes an experiment.
    public init(
        id: ExperimentID,
        planName: String,
        planDescription: String?,
        planFile: String,
        labhostVersion: String,
        createdAt: Date,
        expiry: Date,
        leaseSeconds: Int? = nil,
        image: Choice,
        provisioner: Choice,
        executor: Choice,
        runner: Choice,
        metrics: [Choice]? = nil,
        reporters: [Choice],
        imageRequest: ImageRequest,
        driver: DriverChoice? = nil,
        cloud: CloudSettings,
        tags: [String: String],
        isSimulated: Bool,
        keep: KeepPolicy,
        maxCostUSD: Double? = nil,
        source: Provenance.Source? = nil,
        highlights: [String]? = nil,
        includesRawData: Bool? = nil,
        arguments: [String]? = nil
    ) {
        self.id = id
        self.planName = planName
        self.planDescription = planDescription
        self.planFile = planFile
        self.labhostVersion = labhostVersion
        self.createdAt = createdAt
        self.expiry = expiry
        self.leaseSeconds = leaseSeconds
        self.image = image
        self.provisioner = provisioner
        self.executor = executor
        self.runner = runner
        self.metrics = metrics
        self.reporters = reporters
        self.imageRequest = imageRequest
        self.driver = driver
        self.cloud = cloud
        self.tags = tags
        self.isSimulated = isSimulated
        self.keep = keep
        self.source = source
        self.maxCostUSD = maxCostUSD
        self.highlights = highlights
        self.includesRawData = includesRawData
        self.arguments = arguments
    }
}
