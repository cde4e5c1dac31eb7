import AWS
import PluginAPI

/// The launch of one host: everything about it is in one call, so that nothing of it can be left behind untagged.
struct HostLaunch: Sendable {
    let spec: HostSpec
    let image: MachineImage
    let instanceType: String
    let subnet: String
    let securityGroup: String
    let profile: String
    let placementGroup: String?
    let tenancy: String
    let spot: SpotRequest?

    /// The names of the host's volumes in the ledger: the root's, and the data disk's.
    static func volumeNames(of host: HostSpec) -> [String] {
        ["\(host.name)/root"] + (host.dataVolume == nil ? [] : ["\(host.name)/data"])
    }

    /// The device name of the data disk; the guest sees an NVMe disk under a name of its own choosing.
    static let dataDevice = "/dev/sdf"

    /// The parameters of RunInstances.
    ///
    /// - Parameter tags: The tags of every resource.
    /// - Returns: The parameters, client token included: the same launch asked for twice happens once.
    func parameters(tags: [String: String]) -> QueryParameters {
        var run: QueryParameters = [
            "ImageId": image.id, "InstanceType": instanceType, "MinCount": "1", "MaxCount": "1",
            "IamInstanceProfile.Name": profile, "UserData": Base64.text(Array(spec.userData.utf8)),
            // `shutdown -h` ends the bill: the boot script arms it for the moment when the experiment expires.
            "InstanceInitiatedShutdownBehavior": "terminate", "MetadataOptions.HttpEndpoint": "enabled",
            "MetadataOptions.HttpTokens": "required", "MetadataOptions.HttpPutResponseHopLimit": "1",
            "NetworkInterface.1.DeviceIndex": "0", "NetworkInterface.1.SubnetId": subnet,
            "NetworkInterface.1.SecurityGroupId.1": securityGroup,
            "NetworkInterface.1.PrivateIpAddress": spec.privateAddress,
            // The public address is the way to Systems Manager.
            "NetworkInterface.1.AssociatePublicIpAddress": "true", "NetworkInterface.1.DeleteOnTermination": "true",
        ]
        if let volume = spec.dataVolume {
            let device = "BlockDeviceMapping.1"
            run.set("\(device).DeviceName", Self.dataDevice)
            run.set("\(device).Ebs.VolumeType", volume.type)
            run.set("\(device).Ebs.VolumeSize", String(volume.sizeGB))
            run.set("\(device).Ebs.DeleteOnTermination", "true")
            if let iops = volume.iops { run.set("\(device).Ebs.Iops", String(iops)) }
            if let throughput = volume.throughputMBps { run.set("\(device).Ebs.Throughput", String(throughput)) }
        }
        if let placementGroup { run.set("Placement.GroupName", placementGroup) }
        if tenancy != "default" { run.set("Placement.Tenancy", tenancy) }
        var types = ["instance", "volume", "network-interface"]
        if let spot {
            types.append("spot-instances-request")
            run.set("InstanceMarketOptions.MarketType", "spot")
            run.set("InstanceMarketOptions.SpotOptions.SpotInstanceType", "one-time")
            run.set("InstanceMarketOptions.SpotOptions.InstanceInterruptionBehavior", "terminate")
            if let price = spot.maxPrice { run.set("InstanceMarketOptions.SpotOptions.MaxPrice", "\(price)") }
        }
        run.add(tags: tags.merging(["Name": spec.name, "Component": spec.component]) { $1 }, for: types)
        run.set("ClientToken", token(of: run, experiment: tags["ExperimentID"] ?? ""))
        return run
    }

    /// Another launch has another token: EC2 would refuse other parameters under the same one.
    private func token(of run: QueryParameters, experiment: String) -> String {
        var hash = StableHash(experiment, spec.name)
        for pair in run.pairs { hash.combine("\(pair.name)=\(pair.value)") }
        return "labhost-\(hash.hexadecimal)"
    }
}
