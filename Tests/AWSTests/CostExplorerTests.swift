import Foundation
import PluginAPI
import PluginTestKit
import Testing

@testable import AWS

@Suite struct CostExplorerTests {
    private static let start = Date(timeIntervalSince1970: 1_759_990_000)

    private func explorer(
        _ answer: @escaping @Sendable (FakeAWS.Call) throws -> HTTPResponse
    ) -> (CostExplorer, FakeHTTP) {
        let http = FakeAWS.http(answer)
        return (CostExplorer(PluginContext.fake(http: http)), http)
    }

    private static func day(_ groups: String) -> String {
        #"{"TimePeriod":{"Start":"2025-10-09","End":"2025-10-10"},"Total":{},"Groups":[\#(groups)],"Estimated":true}"#
    }

    private static func group(_ service: String, _ component: String, _ amount: String, _ unit: String = "USD")
        -> String
    {
        #"{"Keys":["\#(service)","Component$\#(component)"],"#
            + #""Metrics":{"UnblendedCost":{"Amount":"\#(amount)","Unit":"\#(unit)"}}}"#
    }

    @Test func `pages and days are added up by service and component`() async throws {
        let (explorer, http) = explorer { call in
            if call.body.contains("page-2") {
                return FakeAWS.ok(
                    #"{"ResultsByTime":[\#(Self.day(Self.group("EC2", "broker", "0.25") + "," + Self.group("VPC", "", "0.1")))]}"#
                )
            }
            return FakeAWS.ok(
                #"{"NextPageToken":"page-2","ResultsByTime":[\#(Self.day(Self.group("EC2", "broker", "0.5")))]}"#
            )
        }
        let bill = try await explorer.bill(from: Self.start, to: Self.start.addingTimeInterval(3600))
        #expect(bill.items.map(\.service) == ["EC2", "VPC"])
        #expect(bill.items.map(\.component) == ["broker", nil])
        #expect(bill.items.map(\.cost) == [.usd(0.75), .usd(0.1)])
        #expect(bill.total == .usd(0.85))
        #expect(bill.isProvisional)
        #expect(http.requests.count == 2)
        let body = String(decoding: http.requests[0].body, as: UTF8.self)
        #expect(
            body.contains(#""TimePeriod":{"End":"2025-10-10","Start":"2025-10-09"}"#)
                || body.contains(#""Start":"2025-10-09","End":"2025-10-10""#)
        )
        #expect(body.contains("exp-20260101-000000-test"))
        #expect(http.requests[0].url == "https://ce.us-east-1.amazonaws.com/")
    }

    @Test func `nothing yet is explained with the lag and the command that activates the tags`() async throws {
        let (explorer, _) = explorer { _ in FakeAWS.ok(#"{"ResultsByTime":[\#(Self.day(""))]}"#) }
        let error = await #expect(throws: LabError.self) {
            try await explorer.bill(from: Self.start, to: Date(timeIntervalSince1970: 1_759_999_000))
        }
        #expect(error?.cause?.contains("up to 24 hours late") == true)
        #expect(error?.hint?.hasPrefix("aws ce update-cost-allocation-tags-status") == true)
    }

    @Test func `an account without Cost Explorer is told how to enable it`() async throws {
        for (code, text) in [
            ("AccessDeniedException", "User not enabled for cost explorer access"),
            ("DataUnavailableException", "Data is not available. Please try to adjust the time period."),
        ] {
            let (explorer, http) = explorer { _ in FakeAWS.jsonError(code, text) }
            let error = await #expect(throws: LabError.self) {
                try await explorer.bill(from: Self.start, to: Self.start)
            }
            #expect(error?.hint?.contains("enable it once") == true, "\(code)")
            #expect(error?.cause?.contains(text) == true)
            #expect(http.requests.count == 1)
        }
    }

    @Test func `a bill in another currency is unknown`() async throws {
        let (explorer, _) = explorer { _ in
            FakeAWS.ok(#"{"ResultsByTime":[\#(Self.day(Self.group("EC2", "broker", "1.0", "CNY")))]}"#)
        }
        let bill = try await explorer.bill(from: Self.start, to: Self.start)
        #expect(bill.total.reason == "EC2 is billed in CNY, and not in USD")
    }
}
