public import PluginAPI

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// The CloudWatch call that LabHost makes: many metrics at once.
public struct CloudWatch: Sendable {
    /// One metric to be read.
    public struct Query: Sendable, Hashable {
        /// The namespace: `AWS/EBS`.
        public var namespace: String
        /// The metric: `VolumeReadOps`.
        public var metric: String
        /// The dimension that names the resource: `VolumeId`.
        public var dimension: String
        /// The resource's id.
        public var resource: String
        /// `Average`, `Sum`, `Minimum`, `Maximum`.
        public var statistic: String
        /// The length of a step in seconds.
        public var period: Int

        /// Makes a query.
        public init(
            namespace: String,
            metric: String,
            dimension: String,
            resource: String,
            statistic: String,
            period: Int
        ) {
            self.namespace = namespace
            self.metric = metric
            self.dimension = dimension
            self.resource = resource
            self.statistic = statistic
            self.period = period
        }
    }

    /// A value, and when its step began.
    public struct Point: Sendable, Hashable {
        /// When the step began.
        public var time: Date
        /// The value.
        public var value: Double
    }

    /// The AWS actions that it calls, for a plugin's descriptor.
    public static let actions = ["cloudwatch:GetMetricData"]

    /// The most queries that one call takes: "GetMetricData", CloudWatch API reference.
    public static let mostQueries = 500

    private let client: AWSClient

    /// Makes the service for a plugin.
    public init(_ context: PluginContext) { client = AWSClient(context) }

    /// Reads metrics, in as few calls as their number takes, with all pages.
    ///
    /// - Parameters:
    ///   - queries: The metrics.
    ///   - start: When the first step begins, at the latest.
    ///   - end: Before what the last one begins.
    /// - Returns: The points of each query, by rising time; empty where CloudWatch has none.
    /// - Throws: As ``AWSClient/query(_:_:_:safety:)``.
    public func data(for queries: [Query], from start: Date, to end: Date) async throws -> [[Point]] {
        var found: [[Point]] = []
        for first in stride(from: 0, to: queries.count, by: Self.mostQueries) {
            let batch = queries[first..<min(first + Self.mostQueries, queries.count)]
            var points: [String: [Point]] = [:]
            var token: String?
            var tokens: Set<String> = []
            repeat {
                let parameters = Self.parameters(batch, from: start, to: end, token: token)
                let reply = try await client.query(.cloudWatch, "GetMetricData", parameters, safety: .idempotent)
                for result in reply.items("GetMetricDataResult", "MetricDataResults") {
                    guard let id = result.text("Id") else { continue }
                    let pairs = zip(result.items("Timestamps"), result.items("Values"))
                    points[id, default: []] += pairs.compactMap { time, value in
                        guard let time = try? Date(time.text, strategy: .iso8601), let value = Double(value.text),
                            value.isFinite
                        else { return nil }
                        return Point(time: time, value: value)
                    }
                }
                // The same token twice would go round for ever.
                token = reply.text("GetMetricDataResult", "NextToken").flatMap { tokens.insert($0).inserted ? $0 : nil }
            } while token != nil
            found += batch.indices.map { points["q\($0 - first)"]?.sorted { $0.time < $1.time } ?? [] }
        }
        return found
    }

    private static func parameters(
        _ queries: ArraySlice<Query>,
        from start: Date,
        to end: Date,
        token: String?
    ) -> QueryParameters {
        var parameters: QueryParameters = [:]
        parameters.append("StartTime", start.formatted(.iso8601))
        parameters.append("EndTime", end.formatted(.iso8601))
        parameters.append("ScanBy", "TimestampAscending")
        if let token { parameters.append("NextToken", token) }
        for (index, query) in queries.enumerated() {
            let name = "MetricDataQueries.member.\(index + 1)"
            parameters.append("\(name).Id", "q\(index)")
            parameters.append("\(name).MetricStat.Metric.Namespace", query.namespace)
            parameters.append("\(name).MetricStat.Metric.MetricName", query.metric)
            parameters.append("\(name).MetricStat.Metric.Dimensions.member.1.Name", query.dimension)
            parameters.append("\(name).MetricStat.Metric.Dimensions.member.1.Value", query.resource)
            parameters.append("\(name).MetricStat.Period", String(query.period))
            parameters.append("\(name).MetricStat.Stat", query.statistic)
        }
        return parameters
    }
}
