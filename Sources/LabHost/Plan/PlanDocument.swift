import Document
import PluginAPI

/// The plan's sections as they are written, once the schema has found no fault and put in every default.
enum PlanDocument {
    struct Header: Decodable {
        var name: String
        var description: String?
        var tags: [String: String]
        var repetitions: Int
        var order: String
        var seed: Int?
        var onCellFailure: CellFailurePolicy

        enum CodingKeys: String, CodingKey {
            case name, description, tags, repetitions, order, seed
            case onCellFailure = "on_cell_failure"
        }
    }

    struct Plugins: Decodable {
        var image: PluginChoice?
        var provisioner: PluginChoice?
        var executor: PluginChoice?
        var runner: PluginChoice?
        var metrics: [PluginChoice]?
        var reporters: [PluginChoice]?
    }

    struct Cloud: Decodable {
        var region: Located<String>?
        var profile: String?
        var availabilityZone: Located<String>?
        var spot: Spot
        var instanceProfile: String?
        var endpoint: String?

        enum CodingKeys: String, CodingKey {
            case region, profile, spot, endpoint
            case availabilityZone = "availability_zone"
            case instanceProfile = "instance_profile"
        }
    }

    struct Image: Decodable {
        var id: String?
        var pulsarVersion: String
        var buildIfMissing: Bool
        var copyFrom: [String]

        enum CodingKeys: String, CodingKey {
            case id
            case pulsarVersion = "pulsar_version"
            case buildIfMissing = "build_if_missing"
            case copyFrom = "copy_from"
        }
    }

    struct Network: Decodable {
        var vpcCIDR: String
        var subnetCIDR: String
        var allowedSSHCIDRs: [String]

        enum CodingKeys: String, CodingKey {
            case vpcCIDR = "vpc_cidr"
            case subnetCIDR = "subnet_cidr"
            case allowedSSHCIDRs = "allowed_ssh_cidrs"
        }
    }

    struct Component: Decodable {
        var count: Int
        var instanceType: String
        var heap: String?
        var directMemory: String?
        var storage: Storage?

        enum CodingKeys: String, CodingKey {
            case count, heap, storage
            case instanceType = "instance_type"
            case directMemory = "direct_memory"
        }
    }

    struct Storage: Decodable {
        var type: String
        var sizeGB: Int
        var iops: Int?
        var throughputMBps: Int?

        enum CodingKeys: String, CodingKey {
            case type, iops
            case sizeGB = "size_gb"
            case throughputMBps = "throughput_mbps"
        }
    }

    struct Pulsar: Decodable {
        var clusterName: String
        var broker: [String: String]
        var bookkeeper: [String: String]
        var zookeeper: [String: String]

        enum CodingKeys: String, CodingKey {
            case broker, bookkeeper, zookeeper
            case clusterName = "cluster_name"
        }
    }

    struct Limits: Decodable {
        var maxCostUSD: Double?
        var maxDuration: Located<Duration>
        var unattended: Located<Duration>
        var cellTimeout: Located<Duration>
        var keep: Experiment.KeepPolicy

        enum CodingKeys: String, CodingKey {
            case keep, unattended
            case maxCostUSD = "max_cost_usd"
            case maxDuration = "max_duration"
            case cellTimeout = "cell_timeout"
        }
    }

    struct Run: Decodable {
        var name: Located<String>
        var type: RunType
        var canary: Bool?
        var producerRate: Int?
        var confirm: Bool?
        var rampUpSteps: [Step]?
        var initialRate: Int?
        var rateIncrement: Int?
        var incrementIntervalMinutes: Int?
        var rateMultiplier: Double?
        var maxRate: Int?
        var maxSteps: Int?
        var failureCriteria: Criteria?
        var objective: Objective?
        var between: [Int]?
        var precisionPercent: Double?
        var workloadOverrides: WorkloadValues

        enum CodingKeys: String, CodingKey {
            case name, type, canary, confirm, objective, between
            case producerRate = "producer_rate"
            case rampUpSteps = "ramp_up_steps"
            case initialRate = "initial_rate"
            case rateIncrement = "rate_increment"
            case incrementIntervalMinutes = "increment_interval_minutes"
            case rateMultiplier = "rate_multiplier"
            case maxRate = "max_rate"
            case maxSteps = "max_steps"
            case failureCriteria = "failure_criteria"
            case precisionPercent = "precision_percent"
            case workloadOverrides = "workload_overrides"
        }
    }

    struct Step: Decodable {
        var rate: Int
        var durationMinutes: Int

        enum CodingKeys: String, CodingKey {
            case rate
            case durationMinutes = "duration_minutes"
        }
    }

    struct Criteria: Decodable {
        var maxLatencyMs: Double
        var latencyPercentile: Double
        var maxErrorRatePercent: Double
        var minAchievedPercent: Double

        enum CodingKeys: String, CodingKey {
            case maxLatencyMs = "max_latency_ms"
            case latencyPercentile = "latency_percentile"
            case maxErrorRatePercent = "max_error_rate_percent"
            case minAchievedPercent = "min_achieved_percent"
        }
    }

    struct Objective: Decodable {
        var percentile: Double
        var latencyMs: Double
        var of: RatePolicy.Objective.Measure

        enum CodingKeys: String, CodingKey {
            case percentile, of
            case latencyMs = "latency_ms"
        }
    }

    struct Plateau: Decodable {
        var enabled: Bool
        var allowedDeviation: Double
        var consecutiveFailsAllowed: Int

        enum CodingKeys: String, CodingKey {
            case enabled
            case allowedDeviation = "allowed_deviation"
            case consecutiveFailsAllowed = "consecutive_fails_allowed"
        }

        /// What it means for a rising rate; nil when it is off.
        var policy: RatePolicy.Plateau? {
            guard enabled else { return nil }
            return RatePolicy.Plateau(
                allowedDeviationPercent: allowedDeviation,
                consecutiveFailsAllowed: consecutiveFailsAllowed
            )
        }
    }

    struct Reporting: Decodable {
        var outputFormat: [PluginChoice]?
        var includeRawData: Bool
        var metricsToHighlight: [String]

        enum CodingKeys: String, CodingKey {
            case outputFormat = "output_format"
            case includeRawData = "include_raw_data"
            case metricsToHighlight = "metrics_to_highlight"
        }
    }

    /// `spot: true`, or what is wanted of it.
    enum Spot: Decodable {
        case off
        case on(maxPrice: Double?, fallback: String)

        private enum CodingKeys: String, CodingKey {
            case fallback
            case maxPrice = "max_price"
        }

        /// What it asks of the provisioner; nil for on-demand.
        var request: SpotRequest? {
            guard case .on(let maxPrice, let fallback) = self else { return nil }
            return SpotRequest(maxPrice: maxPrice, fallsBackToOnDemand: fallback == "on-demand")
        }

        init(from decoder: any Decoder) throws {
            if let isOn = try? decoder.singleValueContainer().decode(Bool.self) {
                self = isOn ? .on(maxPrice: nil, fallback: "none") : .off
                return
            }
            let container = try decoder.container(keyedBy: CodingKeys.self)
            self = .on(
                maxPrice: try container.decodeIfPresent(Double.self, forKey: .maxPrice),
                fallback: try container.decode(String.self, forKey: .fallback)
            )
        }
    }
}
