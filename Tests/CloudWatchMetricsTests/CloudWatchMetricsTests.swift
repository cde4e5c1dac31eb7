import AWS
import Foundation
import PluginAPI
import PluginTestKit
import SystemPackage
import Testing

@testable import CloudWatchMetrics

@Suite struct CloudWatchMetricsTests {
    private static let start = 1_760_000_160.0

    private func request(hosts count: Int = 1) -> MetricsRequest {
        let hosts = (1...count).map {
            Host(
                name: "bookie-\($0)",
                component: "bookkeeper",
                instanceID: "i-\($0)",
                privateAddress: "10.0.1.\($0)",
                instanceType: "t3.small"
            )
        }
        return MetricsRequest(
            cell: Cell(name: "c", run: "c", type: .fixedRate, repetition: 1, workload: Workload(), timeoutSeconds: 60),
            cluster: Cluster(
                hosts: hosts,
                health: HealthCheck(script: "true", stages: []),
                driver: "",
                driverPath: "",
                endpoints: [:]
            ),
            resources: hosts.map { Resource(kind: "volume", id: "vol-\($0.name)", name: "\($0.name)/data") }
                + [Resource(kind: "volume", id: "vol-other", name: "someone/data")],
            startedAt: Date(timeIntervalSince1970: Self.start),
            directory: "/nonexistent"
        )
    }

    private func collector(_ http: FakeHTTP) -> CloudWatchMetrics {
        CloudWatchMetrics(options: CloudWatchOptions(), context: .fake(http: http))
    }

    /// CloudWatch that knows some metrics by name, and nothing of the others.
    private func cloud(_ known: [String: [Double]]) -> FakeHTTP {
        FakeHTTP { request in
            let form = Form(request)
            let results = form.queries.map { id, metric in
                let values = known[metric] ?? []
                let times = values.indices.map {
                    "<member>\(Date(timeIntervalSince1970: Self.start + Double($0) * 60).formatted(.iso8601))</member>"
                }
                return "<member><Id>\(id)</Id><Label>\(metric)</Label><StatusCode>Complete</StatusCode><Timestamps>"
                    + times.joined() + "</Timestamps><Values>" + values.map { "<member>\($0)</member>" }.joined()
                    + "</Values></member>"
            }
            return .metrics(results.joined())
        }
    }

    @Test func `it keeps the rules of collectors`() async throws {
        let http = cloud(["VolumeWriteOps": [6000, 120], "CPUCreditBalance": [30], "BurstBalance": [40]])
        let collected = try await CollectorConformance.check(request(), through: UnreachableHosts()) {
            collector(
                FakeHTTP { request in
                    // Where nothing is known of a cell's time there is nothing to say.
                    Form(request).pairs["StartTime"]?.hasPrefix("2025-10-09") == true
                        ? try await http.send(request) : .metrics("")
                }
            )
        }
        let writes = try #require(collected.series.first { $0.name == "data_write_ops" })
        #expect(writes.values == [100, 2])
        #expect(writes.host == "bookie-1")
        #expect(collected.causes.isEmpty)
    }

    @Test func `everything is asked in as few calls as may be`() async throws {
        let http = cloud([:])
        _ = try await collector(http).end(request(hosts: 60), through: UnreachableHosts())
        // 60 hosts with 6 metrics and their 60 volumes with 8: 840 queries.
        #expect(http.requests.map { Form($0).queries.count } == [500, 340])
        let form = try #require(http.requests.first.map(Form.init))
        #expect(form.pairs["StartTime"] == "2025-10-09T08:55:00Z")
        #expect(!String(decoding: http.requests.flatMap(\.body), as: UTF8.self).contains("vol-other"))
    }

    @Test func `pages are put together, and a token that comes again ends them`() async throws {
        let http = FakeHTTP { request in
            let first = Form(request).pairs["NextToken"] == nil
            let id = Form(request).queries.first { $0.metric == "CPUCreditBalance" }?.id ?? ""
            let time = Date(timeIntervalSince1970: Self.start + (first ? 0 : 300)).formatted(.iso8601)
            return .metrics(
                "<member><Id>\(id)</Id><Timestamps><member>\(time)</member></Timestamps><Values><member>\(first ? 5 : 4)</member>"
                    + "</Values></member>",
                token: "more"
            )
        }
        let collected = try await collector(http).end(request(), through: UnreachableHosts())
        #expect(http.requests.count == 2)
        #expect(collected.series.map(\.values) == [[5, 4]])
    }

    @Test func `credits that are used up cast doubt, but not where more are bought`() async throws {
        let throttled = try await collector(cloud(["CPUCreditBalance": [3, 0], "CPUSurplusCreditBalance": [0]]))
            .end(request(), through: UnreachableHosts())
        #expect(throttled.causes.map(\.code) == [.burstCredits])
        #expect(throttled.causes.first?.text.contains("bookie-1 had used up its CPU credits") == true)
        let bought = try await collector(cloud(["CPUCreditBalance": [0], "CPUSurplusCreditBalance": [12]]))
            .end(request(), through: UnreachableHosts())
        #expect(bought.causes.isEmpty)
        let unknown = try await collector(cloud([:])).end(request(), through: UnreachableHosts())
        #expect(unknown == CollectedMetrics())
    }

    @Test func `a volume at its limit casts doubt`() async throws {
        let collected = try await collector(cloud(["VolumeIOPSExceededCheck": [0, 1, 1], "EBSIOBalance%": [0]]))
            .end(request(), through: UnreachableHosts())
        #expect(Set(collected.causes.map(\.code)) == [.diskLimit, .burstCredits])
        #expect(
            collected.causes.texts.contains(
                "bookie-1's volume data was asked for more than its provisioned operations a second in 2 minutes"
            )
        )
    }

    @Test func `a refusal says which action to allow`() async throws {
        let http = FakeHTTP { _ in
            HTTPResponse(
                status: 403,
                body: Array(
                    "<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>".utf8
                )
            )
        }
        let error = await #expect(throws: LabError.self) {
            try await collector(http).end(request(), through: UnreachableHosts())
        }
        #expect(error?.hint?.contains("monitoring:GetMetricData") == false)
        #expect(error?.hint?.contains("cloudwatch:GetMetricData") == true)
    }
}

/// A form as it was sent.
private struct Form {
    let pairs: [String: String]

    init(_ request: HTTPRequest) {
        let body = String(decoding: request.body, as: UTF8.self)
        pairs = Dictionary(
            body.split(separator: "&").map { pair in
                let parts = pair.split(separator: "=", maxSplits: 1).map { String($0).removingPercentEncoding ?? "" }
                return (parts[0], parts.count > 1 ? parts[1] : "")
            }
        ) { first, _ in first }
    }

    var queries: [(id: String, metric: String)] {
        (1...500).compactMap { index in
            let name = "MetricDataQueries.member.\(index)"
            guard let id = pairs["\(name).Id"] else { return nil }
            return (id, pairs["\(name).MetricStat.Metric.MetricName"] ?? "")
        }
    }
}

extension HTTPResponse {
    fileprivate static func metrics(_ results: String, token: String? = nil) -> HTTPResponse {
        let next = token.map { "<NextToken>\($0)</NextToken>" } ?? ""
        let text =
            "<GetMetricDataResponse><GetMetricDataResult><MetricDataResults>\(results)</MetricDataResults>\(next)"
            + "</GetMetricDataResult></GetMetricDataResponse>"
        return HTTPResponse(status: 200, body: Array(text.utf8))
    }
}
