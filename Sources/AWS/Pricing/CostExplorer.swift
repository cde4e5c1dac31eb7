public import PluginAPI

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// Reads an experiment's bill from Cost Explorer, by its tags. Each request costs $0.01, so callers keep the answer.
public struct CostExplorer: Sendable {
    private let client: AWSClient
    private let experiment: ExperimentID

    /// The AWS actions that it calls, for a plugin's descriptor.
    public static let actions = ["ce:GetCostAndUsage"]

    /// The command that makes the tags count, in the account that pays.
    public static let activation =
        "aws ce update-cost-allocation-tags-status --cost-allocation-tags-status "
        + "TagKey=ExperimentID,Status=Active TagKey=Component,Status=Active"

    /// Makes it for a plugin.
    public init(_ context: PluginContext) {
        client = AWSClient(context)
        experiment = context.experiment
    }

    /// What was billed for the experiment, by service and component.
    ///
    /// - Parameters:
    ///   - start: When it began.
    ///   - end: When the last of it was gone, or now.
    /// - Returns: The bill, with at least one item.
    /// - Throws: ``LabError`` that says why there is no bill yet, and what makes one come.
    public func bill(from start: Date, to end: Date) async throws -> Bill {
        var items: [Bill.Item] = []
        var isProvisional = false
        var input = Input(experiment, from: start, to: end)
        do {
            var tokens: Set<String> = []
            repeat {
                let reply = try await client.json(
                    .costExplorer,
                    "GetCostAndUsage",
                    input,
                    safety: .idempotent,
                    as: Reply.self
                )
                for period in reply.ResultsByTime {
                    isProvisional = isProvisional || period.Estimated ?? false
                    items += period.Groups?.map(\.item) ?? []
                }
                // The same token twice would go round for ever, a cent each.
                input.NextPageToken = reply.NextPageToken.flatMap { tokens.insert($0).inserted ? $0 : nil }
            } while input.NextPageToken != nil
        } catch let error as AWSError {
            throw Self.explained(error)
        }
        guard !items.isEmpty else { throw missing(since: end) }
        return Bill(items: Self.merged(items), askedAt: client.clock.now(), isProvisional: isProvisional)
    }

    private func missing(since end: Date) -> LabError {
        let age = client.clock.now().timeIntervalSince(end)
        let lag =
            age < 24 * 3600
            ? "the bill comes up to 24 hours late, and it is \(max(Int(age / 3600), 0)) since then"
            : "more than 24 hours have passed, so the tags are likely not active"
        return LabError(
            .failed,
            "Cost Explorer has nothing with the tag ExperimentID=\(experiment) yet",
            cause: lag
                + "\ntags count only from the day on which they are activated as cost allocation tags, in the account that pays",
            hint: Self.activation
        )
    }

    private static func explained(_ error: AWSError) -> LabError {
        switch error.code {
        case "DataUnavailableException", "BillExpirationException":
            LabError(
                .failed,
                "Cost Explorer has no data for the account",
                cause: error.description,
                hint: "enable it once, in the Billing console; its first data come within 24 hours"
            )
        case "AccessDeniedException" where error.message.lowercased().contains("cost explorer"):
            LabError(
                .failed,
                "Cost Explorer is not enabled for the account, or not for whoever asks",
                cause: error.description,
                hint: "enable it once, in the Billing console of the account that pays, and allow ce:GetCostAndUsage"
            )
        default: LabError(aws: error, .failed, while: "asking Cost Explorer")
        }
    }

    /// The days together, by service and component.
    private static func merged(_ items: [Bill.Item]) -> [Bill.Item] {
        Dictionary(grouping: items) { [$0.service, $0.component ?? ""] }.values
            .compactMap { rows in
                rows.first.map {
                    Bill.Item(service: $0.service, component: $0.component, cost: rows.map(\.cost).sum)
                }
            }
            .sorted { ($0.service, $0.component ?? "") < ($1.service, $1.component ?? "") }
    }
}

extension CostExplorer {
    private struct Input: Encodable {
        struct Period: Encodable { var Start: String, End: String }
        struct Group: Encodable { var `Type`: String, Key: String }
        struct Expression: Encodable {
            struct Rule: Encodable { var Key: String, Values: [String], MatchOptions = ["EQUALS"] }
            var Tags: Rule
        }

        var TimePeriod: Period
        var Granularity = "DAILY"
        var Filter: Expression
        var GroupBy = [Group(Type: "DIMENSION", Key: "SERVICE"), Group(Type: "TAG", Key: "Component")]
        var Metrics = ["UnblendedCost"]
        var NextPageToken: String?

        init(_ experiment: ExperimentID, from start: Date, to end: Date) {
            // The end is exclusive, and a day has to begin before it is over.
            let last = max(end, start).addingTimeInterval(24 * 3600)
            TimePeriod = Period(Start: Self.day(start), End: Self.day(last))
            Filter = Expression(Tags: Expression.Rule(Key: "ExperimentID", Values: [experiment.rawValue]))
        }

        private static func day(_ date: Date) -> String { String(date.formatted(.iso8601).prefix(10)) }
    }

    private struct Reply: Decodable {
        struct Amount: Decodable { var Amount: String?, Unit: String? }
        struct Group: Decodable {
            var Keys: [String]
            var Metrics: [String: Amount]

            /// Keys are the service and `Component$broker`, with nothing after the dollar sign for what has no such tag.
            var item: Bill.Item {
                let component = Keys.dropFirst().first?.split(separator: "$", maxSplits: 1).dropFirst().first
                let service = Keys.first ?? "unknown"
                return Bill.Item(
                    service: service,
                    component: component.map(String.init),
                    cost: cost(of: service)
                )
            }

            private func cost(of service: String) -> Cost {
                guard let amount = Metrics["UnblendedCost"], let usd = amount.Amount.flatMap(Double.init) else {
                    return .unknown("Cost Explorer gives no amount for \(service)")
                }
                guard amount.Unit == "USD" else {
                    return .unknown("\(service) is billed in \(amount.Unit ?? "no currency"), and not in USD")
                }
                return .usd(usd)
            }
        }
        struct Period: Decodable {
            var Estimated: Bool?
            var Groups: [Group]?
        }

        var ResultsByTime: [Period]
        var NextPageToken: String?
    }
}
