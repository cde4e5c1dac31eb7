import AWS
import PluginAPI
import Testing

@testable import EC2Provisioner

@Suite struct HostLaunchTests {
    private let launch = HostLaunch(
        spec: HostSpec(
            name: "bookkeeper-1",
            component: "bookkeeper",
            instanceType: "m5.large",
            privateAddress: "10.0.1.5",
            userData: "#!/bin/sh\necho 'é' && $(reboot)\n",
            dataVolume: VolumeSpec(type: "io2", sizeGB: 100, iops: 5000)
        ),
        image: MachineImage(id: "ami-1", name: "pulsar"),
        instanceType: "m5a.large",
        subnet: "subnet-1",
        securityGroup: "sg-1",
        profile: "profile",
        placementGroup: "group",
        tenancy: "dedicated",
        spot: SpotRequest(maxPrice: 0.25)
    )
    private let tags = ["Project": "labhost", "ExperimentID": "exp-1", "Name": "no"]

    private func value(_ name: String, _ launch: HostLaunch? = nil) -> String? {
        (launch ?? self.launch).parameters(tags: tags).pairs.first { $0.name == name }?.value
    }

    @Test func `everything about a host is in one call`() {
        #expect(value("InstanceType") == "m5a.large")
        #expect(value("NetworkInterface.1.PrivateIpAddress") == "10.0.1.5")
        #expect(value("UserData") == Base64.text(Array(launch.spec.userData.utf8)))
        #expect(value("InstanceInitiatedShutdownBehavior") == "terminate")
        #expect(value("MetadataOptions.HttpTokens") == "required")
        #expect(value("BlockDeviceMapping.1.Ebs.VolumeSize") == "100")
        #expect(value("BlockDeviceMapping.1.Ebs.Throughput") == nil)
        #expect(value("Placement.GroupName") == "group")
        #expect(value("InstanceMarketOptions.SpotOptions.MaxPrice") == "0.25")
        let types = (1...4).compactMap { value("TagSpecification.\($0).ResourceType") }
        #expect(types == ["instance", "volume", "network-interface", "spot-instances-request"])
        let pairs = launch.parameters(tags: tags).pairs
        let name = pairs.firstIndex { $0.value == "Name" }
        #expect(name.map { pairs[$0 + 1].value } == "bookkeeper-1")
    }

    @Test func `the same launch has the same token, and any other has another`() throws {
        let token = try #require(value("ClientToken"))
        #expect(token.utf8.count <= 64)
        #expect(value("ClientToken") == token)
        var others = Set([token])
        for change: (inout HostSpec) -> Void in [
            { $0.userData = "#!/bin/sh\n" }, { $0.privateAddress = "10.0.1.6" }, { $0.name = "bookkeeper-2" },
        ] {
            var spec = launch.spec
            change(&spec)
            let other = HostLaunch(
                spec: spec,
                image: launch.image,
                instanceType: launch.instanceType,
                subnet: launch.subnet,
                securityGroup: launch.securityGroup,
                profile: launch.profile,
                placementGroup: nil,
                tenancy: "default",
                spot: nil
            )
            others.insert(try #require(value("ClientToken", other)))
        }
        #expect(others.count == 4)
    }
}
