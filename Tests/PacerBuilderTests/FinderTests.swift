import Foundation
import PluginAPI
import PluginTestKit
import Testing

@testable import PacerBuilder

/// Which image a plan gets, and what it is told when there is none.
struct FinderTests {
    /// An image of the account, in one region.
    private struct Picture {
        var id: String
        var region = "us-west-2"
        var version = "3.0.0"
        var state = "available"
        var day = 1
        var recipe = "r"
        var key = "k"
    }

    /// An EC2 that knows images, by region, and nothing else.
    private func account(_ pictures: [Picture], instances: [String] = []) -> FakeHTTP {
        let left = PluginTestKit.Locked(instances)
        return FakeHTTP { request in
            let body = String(decoding: request.body, as: UTF8.self).removingPercentEncoding ?? ""
            let xml: String
            if body.contains("Action=DescribeImages") {
                let found = pictures.filter { picture in
                    request.url.contains(picture.region)
                        && (!body.contains("tag:PulsarVersion") || body.contains("Value.1=\(picture.version)"))
                        && (!body.contains("image-id") || body.contains(picture.id))
                        && (!body.contains("tag:ImageKey") || body.contains("Value.1=\(picture.key)"))
                }
                xml = "<R><imagesSet>\(found.map(Self.xml).joined())</imagesSet></R>"
            } else if body.contains("Action=DescribeInstances") {
                let name = left.withLock { $0.isEmpty ? nil : $0.removeFirst() }
                let item = name.map {
                    """
                    <item><instancesSet><item><instanceId>i-1</instanceId><instanceState><name>running</name></instanceState>
                    <tagSet><item><key>ExperimentID</key><value>\($0)</value></item></tagSet></item></instancesSet></item>
                    """
                }
                xml = "<R><reservationSet>\(item ?? "")</reservationSet></R>"
            } else {
                xml = "<R/>"
            }
            return HTTPResponse(status: 200, body: Array(xml.utf8))
        }
    }

    private static func xml(_ picture: Picture) -> String {
        let tags = [("PulsarVersion", picture.version), ("ImageKey", picture.key), ("ImageRecipe", picture.recipe)]
            .map { "<item><key>\($0)</key><value>\($1)</value></item>" }.joined()
        return """
            <item><imageId>\(picture.id)</imageId><name>\(picture.id)</name><imageState>\(picture.state)</imageState>
            <creationDate>2026-01-0\(picture.day)T00:00:00.000Z</creationDate><tagSet>\(tags)</tagSet></item>
            """
    }

    private func builder(_ http: FakeHTTP, _ recipe: ImageRecipe = ImageRecipe()) throws -> PacerBuilder {
        try PacerBuilder(options: recipe, context: .fake(http: http))
    }

    @Test func `the newest available image of the version is taken`() async throws {
        let http = account([
            Picture(id: "ami-1", day: 1), Picture(id: "ami-3", version: "2.10.0", day: 3),
            Picture(id: "ami-2", day: 2), Picture(id: "ami-4", state: "pending", day: 4),
        ])
        #expect(try await builder(http).image(for: ImageRequest(pulsarVersion: "3.0.0")).id == "ami-2")
        #expect(try await builder(http).image(for: ImageRequest(id: "ami-3", pulsarVersion: "3.0.0")).id == "ami-3")
    }

    @Test func `a plan with a recipe of its own takes no other image`() async throws {
        var recipe = ImageRecipe()
        recipe.rootGB = 20
        let own = try ImageBlueprint.recipeKey(of: recipe, version: "3.0.0").text
        let http = account([Picture(id: "ami-1", day: 1, recipe: own), Picture(id: "ami-2", day: 2)])
        #expect(try await builder(http, recipe).image(for: ImageRequest(pulsarVersion: "3.0.0")).id == "ami-1")
        recipe.rootGB = 30
        let error = await #expect(throws: LabError.self) {
            try await builder(http, recipe).image(for: ImageRequest(pulsarVersion: "3.0.0"))
        }
        #expect(error?.code == .preflight)
        #expect(error?.message.contains("built by the plan's own recipe") == true)
    }

    @Test func `what is missing is said with what there is`() async throws {
        let http = account([Picture(id: "ami-1", version: "2.10.0")])
        let error = await #expect(throws: LabError.self) {
            try await builder(http).image(for: ImageRequest(pulsarVersion: "3.0.0"))
        }
        #expect(error?.cause == "there are:\n2.10.0: ami-1 ami-1")
        #expect(error?.hint?.contains("image.build_if_missing") == true)
        let looked = try await builder(http).existing(for: ImageRequest(pulsarVersion: "3.0.0", buildIfMissing: true))
        #expect(looked == nil, "looking builds nothing")
    }

    @Test func `an image that is being made elsewhere is waited for`() async throws {
        let pictures = [Picture(id: "ami-1")]
        let recorder = EventRecorder()
        let asked = PluginTestKit.Locked(0)
        let known = account(pictures)
        let none = account([], instances: ["exp-other", "exp-other"])
        // Two rounds with nothing but somebody's instance, and then there is the image.
        let http = FakeHTTP { request in
            let body = String(decoding: request.body, as: UTF8.self)
            let round = asked.withLock { count in
                if body.contains("DescribeImages") { count += 1 }
                return count
            }
            return try await (round > 2 ? known : none).send(request)
        }
        let clock = TestClock()
        let context = PluginContext.fake(events: recorder, http: http, clock: clock.labClock)
        let elsewhere = BuildsElsewhere(context: context, limit: .seconds(3600))
        let text = try #require(try? JSONDecoder().decode(ContentKey.self, from: Data(#"{"text":"k"}"#.utf8)))
        #expect(try await elsewhere.image(text)?.id == "ami-1")
        #expect(clock.slept > .seconds(1))
        #expect(await recorder.notes.first?.contains("exp-other, which is building the same image on i-1") == true)
    }

    @Test func `one's own instance is not waited for`() async throws {
        let http = account([], instances: ["exp-20260101-000000-test"])
        let elsewhere = BuildsElsewhere(context: .fake(http: http), limit: .seconds(3600))
        let text = try #require(try? JSONDecoder().decode(ContentKey.self, from: Data(#"{"text":"k"}"#.utf8)))
        #expect(try await elsewhere.image(text) == nil)
    }
}
