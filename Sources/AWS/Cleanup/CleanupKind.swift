/// How one kind of EC2 resource is found and deleted: data, so that finding and deleting are each written once.
struct CleanupKind: Sendable {
    /// The kind, in EC2's own resource type words, as in ``PluginAPI/Resource/kind``.
    var name: String
    /// The call that lists them, and the element with the entries.
    var describe: String
    var list: String
    /// The element with the id that deleting takes, and the filter on it; nil when there is no such filter.
    var idElement: String
    var idFilter: String?
    /// The filter on the VPC; nil for what lies in none.
    var vpcFilter: String?
    /// What else the describing call takes.
    var parameters: QueryParameters = [:]
    /// What else must hold: states that are not gone.
    var filters: [QueryParameters.Filter] = []
    /// The call that deletes one, and its parameter.
    var delete: String
    var deleteParameter: String
    /// The command that a person would use.
    var command: String
    /// When it is deleted: every stage ends before the next begins.
    var stage: Stage

    /// The order of deletion. Interfaces, volumes and groups are held until the instances are terminated; a subnet is
    /// held by interfaces, a VPC by everything in it.
    enum Stage: Int, CaseIterable, Sendable {
        case requests, instances, attachments, groups, gateways, subnets, routeTables, networks
    }

    /// Entries that are not ours to delete although they are in our VPC: they go with it.
    func belongsToVPC(_ node: XMLNode) -> Bool {
        switch name {
        case "security-group": node.text("groupName") == "default"
        case "route-table": node.items("associationSet").contains { $0.text("main") == "true" }
        default: false
        }
    }

    static let all: [CleanupKind] = [
        CleanupKind(
            name: "spot-instances-request",
            describe: "DescribeSpotInstanceRequests",
            list: "spotInstanceRequestSet",
            idElement: "spotInstanceRequestId",
            idFilter: "spot-instance-request-id",
            filters: [.init("state", ["open", "active", "disabled"])],
            delete: "CancelSpotInstanceRequests",
            deleteParameter: "SpotInstanceRequestId.1",
            command: "cancel-spot-instance-requests --spot-instance-request-ids",
            stage: .requests
        ),
        CleanupKind(
            name: "instance",
            describe: "DescribeInstances",
            list: "reservationSet",
            idElement: "instanceId",
            idFilter: "instance-id",
            vpcFilter: "vpc-id",
            filters: [.init("instance-state-name", ["pending", "running", "shutting-down", "stopping", "stopped"])],
            delete: "TerminateInstances",
            deleteParameter: "InstanceId.1",
            command: "terminate-instances --instance-ids",
            stage: .instances
        ),
        CleanupKind(
            name: "launch-template",
            describe: "DescribeLaunchTemplates",
            list: "launchTemplates",
            idElement: "launchTemplateId",
            idFilter: nil,
            delete: "DeleteLaunchTemplate",
            deleteParameter: "LaunchTemplateId",
            command: "delete-launch-template --launch-template-id",
            stage: .attachments
        ),
        CleanupKind(
            name: "volume",
            describe: "DescribeVolumes",
            list: "volumeSet",
            idElement: "volumeId",
            idFilter: "volume-id",
            delete: "DeleteVolume",
            deleteParameter: "VolumeId",
            command: "delete-volume --volume-id",
            stage: .attachments
        ),
        CleanupKind(
            name: "snapshot",
            describe: "DescribeSnapshots",
            list: "snapshotSet",
            idElement: "snapshotId",
            idFilter: "snapshot-id",
            parameters: ["Owner.1": "self"],
            delete: "DeleteSnapshot",
            deleteParameter: "SnapshotId",
            command: "delete-snapshot --snapshot-id",
            stage: .attachments
        ),
        CleanupKind(
            name: "elastic-ip",
            describe: "DescribeAddresses",
            list: "addressesSet",
            idElement: "allocationId",
            idFilter: "allocation-id",
            delete: "ReleaseAddress",
            deleteParameter: "AllocationId",
            command: "release-address --allocation-id",
            stage: .attachments
        ),
        CleanupKind(
            name: "network-interface",
            describe: "DescribeNetworkInterfaces",
            list: "networkInterfaceSet",
            idElement: "networkInterfaceId",
            idFilter: "network-interface-id",
            vpcFilter: "vpc-id",
            delete: "DeleteNetworkInterface",
            deleteParameter: "NetworkInterfaceId",
            command: "delete-network-interface --network-interface-id",
            stage: .attachments
        ),
        CleanupKind(
            name: "placement-group",
            describe: "DescribePlacementGroups",
            list: "placementGroupSet",
            idElement: "groupName",
            idFilter: "group-name",
            filters: [.init("state", ["pending", "available", "deleting"])],
            delete: "DeletePlacementGroup",
            deleteParameter: "GroupName",
            command: "delete-placement-group --group-name",
            stage: .attachments
        ),
        CleanupKind(
            name: "security-group",
            describe: "DescribeSecurityGroups",
            list: "securityGroupInfo",
            idElement: "groupId",
            idFilter: "group-id",
            vpcFilter: "vpc-id",
            delete: "DeleteSecurityGroup",
            deleteParameter: "GroupId",
            command: "delete-security-group --group-id",
            stage: .groups
        ),
        CleanupKind(
            name: "internet-gateway",
            describe: "DescribeInternetGateways",
            list: "internetGatewaySet",
            idElement: "internetGatewayId",
            idFilter: "internet-gateway-id",
            vpcFilter: "attachment.vpc-id",
            delete: "DeleteInternetGateway",
            deleteParameter: "InternetGatewayId",
            command: "delete-internet-gateway --internet-gateway-id",
            stage: .gateways
        ),
        CleanupKind(
            name: "subnet",
            describe: "DescribeSubnets",
            list: "subnetSet",
            idElement: "subnetId",
            idFilter: "subnet-id",
            vpcFilter: "vpc-id",
            delete: "DeleteSubnet",
            deleteParameter: "SubnetId",
            command: "delete-subnet --subnet-id",
            stage: .subnets
        ),
        CleanupKind(
            name: "route-table",
            describe: "DescribeRouteTables",
            list: "routeTableSet",
            idElement: "routeTableId",
            idFilter: "route-table-id",
            vpcFilter: "vpc-id",
            delete: "DeleteRouteTable",
            deleteParameter: "RouteTableId",
            command: "delete-route-table --route-table-id",
            stage: .routeTables
        ),
        CleanupKind(
            name: "vpc",
            describe: "DescribeVpcs",
            list: "vpcSet",
            idElement: "vpcId",
            idFilter: "vpc-id",
            delete: "DeleteVpc",
            deleteParameter: "VpcId",
            command: "delete-vpc --vpc-id",
            stage: .networks
        ),
    ]
}
