import AWS
import Testing

@testable import PacerBuilder

@Suite struct LeftoverTests {
    private func image(_ name: String, tags: [String: String] = [:]) throws -> EC2Image {
        let tagItems = tags.map { "<item><key>\($0.key)</key><value>\($0.value)</value></item>" }.joined()
        let xml = """
            <image><imageId>ami-1</imageId><name>\(name)</name><imageState>available</imageState>\
            <creationDate>2026-11-01T10:00:00.000Z</creationDate><tagSet>\(tagItems)</tagSet></image>
            """
        return try #require(XMLNode(Array(xml.utf8)).flatMap(EC2Image.init))
    }

    @Test func `an image with the name of a build and no tags is what a killed build left`() throws {
        let left = try #require(LabImage(leftover: image("pulsar-4.0.0-rc-1-20261101-100000-0a1b2c3d"), region: "r"))
        #expect(left.pulsarVersion == "4.0.0-rc-1" && left.isLeftover && !left.isOurs)
        #expect(LabImage(try image("pulsar-4.0.0-20261101-100000-0a1b2c3d"), region: "r") == nil, "no plan may take it")
        #expect(
            LabImage(leftover: try image("pulsar-4.0.0-20261101-100000-0a1b2c3d", tags: ["a": "b"]), region: "r") == nil
        )
    }

    @Test(arguments: [
        "pulsar-base-3.0.0", "pulsar-20261101-100000-0a1b2c3d", "my-pulsar-1-20261101-100000-0a1b2c3d", "pulsar-1-x",
        "",
    ])
    func `images that others named are left alone`(name: String) throws {
        #expect(LabImage(leftover: try image(name), region: "r") == nil)
    }
}
