import PluginAPI

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Asks AWS for prices.
struct PriceList: Sendable {
    private let client: AWSClient
    private let region: String

    /// The AWS actions that it calls.
    static let actions = ["pricing:GetProducts", "ec2:DescribeSpotPriceHistory"]

    /// Makes it for the client's region.
    init(_ client: AWSClient, region: String) {
        self.client = client
        self.region = region
    }

    /// All prices that one question brings.
    ///
    /// - Throws: ``AWSError`` when it was not answered.
    func prices(_ query: PriceQuery) async throws -> [PriceKey: PriceQuery.Answer] {
        struct Filter: Encodable { var `Type` = "TERM_MATCH", Field: String, Value: String }
        struct Input: Encodable {
            var ServiceCode: String, Filters: [Filter]
            var FormatVersion = "aws_v1", MaxResults = 100
            var NextToken: String?
        }
        struct Reply: Decodable { var PriceList: [String]?, NextToken: String? }

        let filters = query.filters.merging([query.regionField: region]) { $1 }.sorted { $0.key < $1.key }
        var input = Input(
            ServiceCode: query.service,
            Filters: filters.map { Filter(Field: $0.key, Value: $0.value) }
        )
        var products: [PriceListProduct] = []
        var tokens: Set<String> = []
        repeat {
            let reply = try await client.json(.pricing, "GetProducts", input, safety: .idempotent, as: Reply.self)
            products += (reply.PriceList ?? []).compactMap {
                try? JSONDecoder().decode(PriceListProduct.self, from: Data($0.utf8))
            }
            // The same token twice would go round for ever.
            input.NextToken = reply.NextToken.flatMap { tokens.insert($0).inserted ? $0 : nil }
        } while input.NextToken != nil
        return query.read(products)
    }

    /// What spot instances cost now, by type: in a zone, or in the dearest zone when none is named.
    ///
    /// - Throws: ``AWSError``.
    func spotPrices(of types: [String], in zone: String?) async throws -> [String: Double] {
        var parameters: QueryParameters = [
            "StartTime": client.clock.now().formatted(.iso8601), "ProductDescription.1": "Linux/UNIX",
            "ProductDescription.2": "Linux/UNIX (Amazon VPC)",
        ]
        parameters.add("InstanceType", list: types)
        if let zone { parameters.set("AvailabilityZone", zone) }
        let nodes = try await EC2(client).describe(
            "DescribeSpotPriceHistory",
            list: "spotPriceHistorySet",
            parameters: parameters
        )
        // From now on, the history has the price in force in each zone.
        return nodes.reduce(into: [:]) { prices, node in
            guard let type = node.text("instanceType"), let price = node.text("spotPrice").flatMap(Double.init),
                price.isFinite, price > 0
            else { return }
            prices[type] = max(prices[type] ?? 0, price)
        }
    }
}
