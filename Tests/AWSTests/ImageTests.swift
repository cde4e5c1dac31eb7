import PluginAPI
import PluginTestKit
import Testing

@testable import AWS

/// Deleting, copying and waiting for images, against an EC2 that answers as told.
struct ImageTests {
    private func ec2(_ answer: @escaping @Sendable (FakeAWS.Call) throws -> HTTPResponse) -> (EC2, FakeHTTP) {
        let http = FakeAWS.http(answer)
        return (EC2(.fake(http: http)), http)
    }

    private static func image(
        _ id: String,
        _ state: String,
        snapshots: [String] = ["snap-1"],
        encrypted: Bool = false
    ) -> String {
        let disks = snapshots.map {
            "<item><ebs><snapshotId>\($0)</snapshotId><volumeSize>8</volumeSize><encrypted>\(encrypted)</encrypted></ebs></item>"
        }.joined()
        return """
            <DescribeImagesResponse><imagesSet><item><imageId>\(id)</imageId><name>n</name><imageState>\(state)</imageState>
            <creationDate>2026-01-01T00:00:00.000Z</creationDate><blockDeviceMapping>\(disks)</blockDeviceMapping>
            <stateReason><message>because</message></stateReason>
            <tagSet><item><key>ImageKey</key><value>k</value></item><item><key>aws:own</key><value>x</value></item></tagSet>
            </item></imagesSet></DescribeImagesResponse>
            """
    }

    private static func read(_ xml: String) throws -> EC2Image {
        try #require(XMLNode(Array(xml.utf8)).flatMap { $0.items("imagesSet").first.flatMap(EC2Image.init) })
    }

    @Test func `an image goes before its snapshots, and a snapshot in use is tried again`() async throws {
        let order = PluginTestKit.Locked<[String]>([])
        let (ec2, _) = ec2 { call in
            order.withLock { $0.append("\(call.action) \(call.parameters["SnapshotId"] ?? "")") }
            if call.action == "DeleteSnapshot", call.number == 0 { return FakeAWS.xmlError("InvalidSnapshot.InUse") }
            return FakeAWS.ok()
        }
        let image = try Self.read(Self.image("ami-1", "available", snapshots: ["snap-1", "snap-2"]))
        let outcome = try await ImageDeletion(ec2).delete(image)
        #expect(outcome.deletedSnapshots == ["snap-1", "snap-2"])
        #expect(outcome.keptSnapshots.isEmpty)
        #expect(
            order.withLock { $0 } == [
                "DeregisterImage ", "DeleteSnapshot snap-1", "DeleteSnapshot snap-1", "DeleteSnapshot snap-2",
            ]
        )
    }

    @Test func `a snapshot that another image needs stays, and is named`() async throws {
        let (ec2, _) = ec2 { call in
            call.action == "DeleteSnapshot" ? FakeAWS.xmlError("InvalidSnapshot.InUse") : FakeAWS.ok()
        }
        let outcome = try await ImageDeletion(ec2).delete(Self.read(Self.image("ami-1", "available")))
        #expect(outcome.deletedSnapshots.isEmpty)
        #expect(outcome.keptSnapshots["snap-1"]?.contains("InvalidSnapshot.InUse") == true)
    }

    @Test func `an image that is gone already is deleted`() async throws {
        let (ec2, _) = ec2 { _ in FakeAWS.xmlError("InvalidAMIID.NotFound") }
        let image = try Self.read(Self.image("ami-1", "available", snapshots: []))
        #expect(try await ImageDeletion(ec2).delete(image).keptSnapshots.isEmpty)
    }

    @Test func `a copy keeps tags and encryption, and is waited for`() async throws {
        let seen = PluginTestKit.Locked<[String: String]>([:])
        let (ec2, http) = ec2 { call in
            switch call.action {
            case "CopyImage":
                seen.withLock { $0 = call.parameters }
                return FakeAWS.ok("<CopyImageResponse><imageId>ami-2</imageId></CopyImageResponse>")
            case "DescribeImages": return FakeAWS.ok(Self.image("ami-2", call.number < 2 ? "pending" : "available"))
            default: return FakeAWS.ok()
            }
        }
        _ = ec2
        let copy = try await ImageCopy(to: .fake(http: http))
            .run(Self.read(Self.image("ami-1", "available", encrypted: true)), from: "eu-west-1")
        #expect(copy.id == "ami-2")
        let asked = seen.withLock { $0 }
        #expect(asked["Encrypted"] == "true")
        #expect(asked["SourceRegion"] == "eu-west-1")
        #expect(asked["ClientToken"]?.isEmpty == false)
        #expect(asked["TagSpecification.1.ResourceType"] == "image")
        #expect(asked["TagSpecification.2.ResourceType"] == "snapshot")
        #expect(asked["TagSpecification.1.Tag.1.Key"] == "ImageKey")
        #expect(asked["TagSpecification.1.Tag.2.Key"] == nil, "AWS's own tags cannot be set")
    }

    @Test func `a copy that fails is deleted with its snapshots`() async throws {
        let (_, http) = ec2 { call in
            switch call.action {
            case "CopyImage": FakeAWS.ok("<CopyImageResponse><imageId>ami-2</imageId></CopyImageResponse>")
            case "DescribeImages": FakeAWS.ok(Self.image("ami-2", "failed"))
            default: FakeAWS.ok()
            }
        }
        let error = await #expect(throws: LabError.self) {
            try await ImageCopy(to: .fake(http: http))
                .run(Self.read(Self.image("ami-1", "available")), from: "eu-west-1")
        }
        #expect(error?.cause == "because")
        let calls = http.requests.map { String(decoding: $0.body, as: UTF8.self) }
        #expect(calls.contains { $0.contains("Action=DeregisterImage") && $0.contains("ami-2") })
        #expect(calls.contains { $0.contains("Action=DeleteSnapshot") && $0.contains("snap-1") })
    }

    @Test func `an image is in use by instances and by every version of a launch template`() async throws {
        let (ec2, _) = ec2 { call in
            switch call.action {
            case "DescribeInstances":
                FakeAWS.ok(
                    """
                    <R><reservationSet><item><instancesSet><item><instanceId>i-1</instanceId><imageId>ami-1</imageId></item>
                    </instancesSet></item></reservationSet></R>
                    """
                )
            case "DescribeLaunchTemplates":
                FakeAWS.ok(
                    "<R><launchTemplates><item><launchTemplateId>lt-1</launchTemplateId></item></launchTemplates></R>"
                )
            default:
                FakeAWS.ok(
                    """
                    <R><launchTemplateVersionSet>
                    <item><launchTemplateData><imageId>ami-1</imageId></launchTemplateData></item>
                    <item><launchTemplateData><imageId>ami-2</imageId></launchTemplateData></item>
                    </launchTemplateVersionSet></R>
                    """
                )
            }
        }
        let uses = try await ImageUses(ec2).find(["ami-1", "ami-2", "ami-3"])
        #expect(uses == ["ami-1": ["instance i-1", "launch template lt-1"], "ami-2": ["launch template lt-1"]])
    }

    @Test func `an image does not become available for ever`() async throws {
        let (ec2, _) = ec2 { call in
            call.action == "DescribeImages" ? FakeAWS.ok(Self.image("ami-1", "pending")) : FakeAWS.ok()
        }
        let error = await #expect(throws: LabError.self) {
            try await ImageWait(ec2, events: EventRecorder(), limit: .seconds(60))
                .until("ami-1", isAvailableWhile: "building")
        }
        #expect(error?.message == "building: the image ami-1 was not there after 1 minutes")
    }
}
