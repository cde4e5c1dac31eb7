import Foundation
import PluginAPI
import PluginTestKit
import SystemPackage
import Testing

@testable import AWS

/// Prices as AWS's price list and spot price history answer, recorded and cut down to what is read.
@Suite struct PriceBookTests {
    /// A product as GetProducts gives it: JSON in a string of JSON.
    private static func product(_ usage: String, _ unit: String, _ price: String, currency: String = "USD") -> String {
        #"{"product":{"productFamily":"x","attributes":{"usagetype":"\#(usage)","regionCode":"us-west-2"},"sku":"S"},"#
            + #""serviceCode":"AmazonEC2","terms":{"OnDemand":{"S.J":{"priceDimensions":{"S.J.6":{"unit":"\#(unit)","#
            + #""endRange":"Inf","description":"d","beginRange":"0","pricePerUnit":{"\#(currency)":"\#(price)"}}},"#
            + #""sku":"S","termAttributes":{}}}}}"#
    }

    private static func reply(_ products: [String], next: String? = nil) throws -> HTTPResponse {
        struct Body: Encodable { var FormatVersion = "aws_v1", PriceList: [String], NextToken: String? }
        return HTTPResponse(
            status: 200,
            body: Array(try JSONEncoder().encode(Body(PriceList: products, NextToken: next)))
        )
    }

    private static let spotHistory = """
        <DescribeSpotPriceHistoryResponse><requestId>r</requestId><spotPriceHistorySet>\
        <item><instanceType>t3.small</instanceType><productDescription>Linux/UNIX</productDescription>\
        <spotPrice>0.006500</spotPrice><timestamp>2026-01-05T00:00:00.000Z</timestamp>\
        <availabilityZone>us-west-2a</availabilityZone></item>\
        <item><instanceType>t3.small</instanceType><productDescription>Linux/UNIX</productDescription>\
        <spotPrice>0.007200</spotPrice><timestamp>2026-01-05T00:00:00.000Z</timestamp>\
        <availabilityZone>us-west-2b</availabilityZone></item></spotPriceHistorySet><nextToken/>\
        </DescribeSpotPriceHistoryResponse>
        """

    /// Answers every question that a cluster asks; the volumes' in two pages.
    private static func answer(_ call: FakeAWS.Call) throws -> HTTPResponse {
        if call.action == "DescribeSpotPriceHistory" { return FakeAWS.ok(spotHistory) }
        #expect(call.action == "GetProducts")
        func asks(_ field: String, _ value: String) -> Bool {
            call.body.contains(#""Field":"\#(field)""#) && call.body.contains(#""Value":"\#(value)""#)
        }
        #expect(asks("regionCode", "us-west-2"))
        if asks("instanceType", "m6i.large") {
            #expect(asks("operatingSystem", "Linux") && asks("tenancy", "Shared") && asks("preInstalledSw", "NA"))
            return try reply([product("USW2-BoxUsage:m6i.large", "Hrs", "0.0960000000")])
        }
        if asks("volumeApiName", "gp3") {
            if call.body.contains("page-2") {
                return try reply([
                    product("USW2-EBS:VolumeP-Throughput.gp3", "GiBps-mo", "40.9600000000"),
                    product("USW2-EBS:VolumeP-IOPS.gp3", "IOPS-Mo", "0.0050000000"),
                ])
            }
            return try reply([product("USW2-EBS:VolumeUsage.gp3", "GB-Mo", "0.0800000000")], next: "page-2")
        }
        if asks("group", "VPCPublicIPv4Address") {
            return try reply([
                product("USW2-PublicIPv4:IdleAddress", "Hrs", "0.0060000000"),
                product("USW2-PublicIPv4:InUseAddress", "Hrs", "0.0050000000"),
            ])
        }
        return try reply([])
    }

    private func book(
        cache: FilePath? = nil,
        region: String = "us-west-2",
        clock: TestClock = TestClock(start: Date(timeIntervalSince1970: 1_767_614_400)),
        _ answer: @escaping @Sendable (FakeAWS.Call) throws -> HTTPResponse
    ) -> (PriceBook, FakeHTTP) {
        let http = FakeAWS.http(answer)
        var context = PluginContext.fake(cloud: CloudSettings(region: region), http: http, clock: clock.labClock)
        context.cache = cache
        return (PriceBook(context), http)
    }

    private static func instance(_ type: String, spot: Bool = false, zone: String? = nil) -> Resource {
        var attributes = ["instanceType": type, "lifecycle": spot ? "spot" : "on-demand", "publicAddress": "true"]
        attributes["availabilityZone"] = zone
        return Resource(kind: "instance", id: "i-1", name: "x", attributes: attributes)
    }

    private static let disk = Resource(
        kind: "volume",
        id: "vol-1",
        name: "bookkeeper-1/data",
        attributes: ["volumeType": "gp3", "sizeGB": "100", "iops": "4000", "throughputMBps": "250"]
    )

    @Test func `a cluster with spot and gp3 options costs what a calculation by hand says`() async throws {
        let (book, http) = book(Self.answer)
        let resources = [
            Self.instance("m6i.large"), Self.instance("t3.small", spot: true), Self.disk,
            Resource(kind: "vpc", id: "vpc-1", name: "vpc"),
        ]
        let quote = await book.quote(for: resources, asking: true)
        let costs = quote.rates.compactMap(\.perHour.usd)
        try #require(costs.count == 4)
        // The region's dearest zone, and the address of each host.
        #expect(abs(costs[0] - (0.096 + 0.005)) < 1e-9)
        #expect(abs(costs[1] - (0.0072 + 0.005)) < 1e-9)
        // January has 744 hours: 100 GB, 1,000 operations and 125 MiB/s that do not come with the volume.
        #expect(abs(costs[2] - (100 * 0.08 + 1000 * 0.005 + 125 * 0.04) / 744) < 1e-9)
        #expect(costs[3] == 0)
        #expect(quote.source == "AWS price list, AWS spot price history")
        #expect(quote.asOf == Date(timeIntervalSince1970: 1_767_614_400))
        #expect(quote.rates[2].parts.map(\.what) == ["gp3 100 GB, 4000 IOPS, 250 MB/s"])
        // Once for each: instance type, volume type (two pages), address, spot, and what spot may rise to.
        #expect(http.requests.count == 6)
        #expect(http.requests.filter { $0.url == "https://api.pricing.us-east-1.amazonaws.com/" }.count == 5)
        _ = await book.quote(for: resources, asking: true)
        #expect(http.requests.count == 6)
    }

    @Test func `ten seconds cost as much as sixty, and two minutes twice as much`() async {
        let (book, _) = book(Self.answer)
        let rate = await book.quote(for: [Self.instance("m6i.large")], asking: true).rates[0]
        let minute = (0.096 + 0.005) / 60
        #expect(abs((rate.cost(ofSeconds: 10).usd ?? 0) - minute) < 1e-12)
        #expect(abs((rate.cost(ofSeconds: 120).usd ?? 0) - 2 * minute) < 1e-12)
    }

    @Test func `prices are kept with their date, in a private file, and asked for again after a day`() async throws {
        let directory = try TemporaryDirectory()
        let cache = directory.path.appending("cache")
        let clock = TestClock(start: Date(timeIntervalSince1970: 1_767_614_400))
        let (first, _) = book(cache: cache, clock: clock, Self.answer)
        _ = await first.quote(for: [Self.instance("m6i.large")], asking: true)
        let file = cache.appending("prices-us-west-2.json").string
        let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
        #expect(mode == 0o600)

        let (second, silent) = book(cache: cache, clock: clock) { call in throw UnfakedSeam(call.action) }
        let quote = await second.quote(for: [Self.instance("m6i.large")], asking: true)
        #expect(quote.rates[0].perHour.usd == 0.096 + 0.005)
        #expect(quote.asOf == Date(timeIntervalSince1970: 1_767_614_400))
        #expect(silent.requests.isEmpty)

        clock.advance(by: .seconds(25 * 3600))
        let (third, asked) = book(cache: cache, clock: clock, Self.answer)
        let newer = await third.quote(for: [Self.instance("m6i.large")], asking: true)
        #expect(asked.requests.count == 2)
        #expect(newer.asOf == Date(timeIntervalSince1970: 1_767_614_400 + 25 * 3600))
    }

    @Test func `without a network the list that ships is used, and says how old it is`() async {
        let (book, http) = book(Self.answer)
        let quote = await book.quote(for: [Self.instance("m6i.large"), Self.disk], asking: false)
        #expect(quote.rates.map { $0.perHour.usd != nil } == [true, true])
        #expect(quote.source == "price list that LabHost ships")
        #expect(quote.asOf.map { $0 < Date(timeIntervalSince1970: 1_767_614_400) } == true)
        #expect(http.requests.isEmpty)
        let spot = await book.quote(for: [Self.instance("m6i.large", spot: true)], asking: false)
        #expect(
            spot.rates[0].perHour.reason
                == "no price of m6i.large (spot) in us-west-2 is known without asking AWS"
        )
    }

    @Test func `what the price list does not have is unknown and says what and where`() async {
        let (book, _) = book(Self.answer)
        let resources = [Self.instance("m9.huge"), Resource(kind: "load-balancer", id: "lb", name: "lb")]
        let quote = await book.quote(for: resources, asking: true)
        #expect(quote.rates[0].perHour.reason == "m9.huge in us-west-2: AWS's price list does not have it")
        #expect(
            quote.rates[1].perHour.reason
                == "load-balancer: LabHost does not know how a load-balancer is paid for"
        )
        #expect(quote.rates.map(\.perHour).sum.usd == nil)
    }

    @Test func `prices in another currency are not taken for dollars`() async {
        let (book, http) = book(region: "cn-north-1") { call in
            try Self.reply([Self.product("CNN1-BoxUsage:m5.large", "Hrs", "0.6880000000", currency: "CNY")])
        }
        let instance = Resource(kind: "instance", id: "i", name: "i", attributes: ["instanceType": "m5.large"])
        let quote = await book.quote(for: [instance], asking: true)
        #expect(
            quote.rates[0].perHour.reason
                == "m5.large in cn-north-1: the price list has it in CNY, and amounts are reckoned in USD"
        )
        #expect(http.requests.first?.url == "https://api.pricing.cn-northwest-1.amazonaws.com.cn/")
    }

    @Test func `throttled questions are asked again`() async {
        let (book, http) = book { call in
            if call.number == 0 { return FakeAWS.jsonError("ThrottlingException") }
            return try Self.answer(call)
        }
        let instance = Resource(kind: "instance", id: "i", name: "i", attributes: ["instanceType": "m6i.large"])
        #expect(await book.quote(for: [instance], asking: true).rates[0].perHour.usd == 0.096)
        #expect(http.requests.count == 2)
    }

    @Test func `when asking is not allowed the list that ships has to do, and it is told`() async {
        let (book, http) = book { _ in FakeAWS.jsonError("AccessDeniedException", "not authorized") }
        let instance = Resource(kind: "instance", id: "i", name: "i", attributes: ["instanceType": "m6i.large"])
        let quote = await book.quote(for: [instance], asking: true)
        #expect(quote.rates[0].perHour.usd == 0.096)
        #expect(quote.source == "price list that LabHost ships")
        #expect(quote.notes == ["pricing:GetProducts is not allowed"])
        // Refused once, nobody asks again.
        _ = await book.quote(for: [Self.instance("t3.small")], asking: true)
        #expect(http.requests.count == 1)
        let other = Resource(kind: "instance", id: "i", name: "i", attributes: ["instanceType": "m9.huge"])
        let unknown = await book.quote(for: [other], asking: true)
        #expect(unknown.rates[0].perHour.reason == "m9.huge in us-west-2: pricing:GetProducts is not allowed")
    }

    @Test func `more than one price for a thing is no price`() async {
        let (book, _) = book { _ in
            try Self.reply([Self.product("BoxUsage:x", "Hrs", "1"), Self.product("BoxUsage:x", "Hrs", "2")])
        }
        let instance = Resource(kind: "instance", id: "i", name: "i", attributes: ["instanceType": "m6i.large"])
        let quote = await book.quote(for: [instance], asking: true)
        #expect(quote.rates[0].perHour.reason?.hasSuffix("more than one price for it") == true)
    }

    @Test func `dedicated hosts and provisioned disks of unknown speed have no price`() async {
        let (book, _) = book(Self.answer)
        var host = Self.instance("m6i.large")
        host.attributes["tenancy"] = "dedicated"
        var disk = Self.disk
        disk.attributes = ["volumeType": "io2", "sizeGB": "100"]
        let quote = await book.quote(for: [host, disk], asking: false)
        #expect(quote.rates.map(\.perHour.usd) == [nil, nil])
        #expect(quote.rates[1].perHour.reason == "io2 100 GB: its IOPS are not known")
    }

    @Test func `io2 is cheaper above its tiers`() async {
        let (book, _) = book(Self.answer)
        var disk = Self.disk
        disk.attributes = ["volumeType": "io2", "sizeGB": "100", "iops": "70000"]
        let quote = await book.quote(for: [disk], asking: false)
        let hand = (100 * 0.125 + 32_000 * 0.065 + 32_000 * 0.0455 + 6_000 * 0.03185) / 744
        #expect(abs((quote.rates[0].perHour.usd ?? 0) - hand) < 1e-9)
    }
}
