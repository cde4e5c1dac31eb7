import AWS
import Foundation
import Testing

/// What there is of an experiment, without ids and times: two clusters that are the same have the same facts.
struct ClusterFacts {
    /// One line for each resource, in order.
    let all: [String]

    /// Looks at everything that carries the experiment's tag.
    init(of experiment: String, _ client: AWSClient) async throws {
        let ec2 = EC2(client)
        let filter = [QueryParameters.Filter("tag:ExperimentID", [experiment])]
        var facts: [String] = []
        func add(_ kind: String, _ node: XMLNode, _ values: [String?]) {
            // An interface is named after its host, or after the launch template that terraform needs to tag it at all.
            let ignored: Set = kind == "network-interface" ? ["ExpiresAt", "Name", "Component"] : ["ExpiresAt"]
            let tags = node.tags.filter { !ignored.contains($0.key) && !$0.key.hasPrefix("aws:") }
                .sorted { $0.key < $1.key }
                .map { "\($0.key)=\($0.value == experiment ? "EXPERIMENT" : $0.value)" }
            facts.append(([kind] + values.map { $0 ?? "-" } + tags).joined(separator: " "))
        }
        for node in try await ec2.describe("DescribeVpcs", list: "vpcSet", filters: filter) {
            add("vpc", node, [node.text("cidrBlock")])
        }
        for node in try await ec2.describe("DescribeSubnets", list: "subnetSet", filters: filter) {
            add("subnet", node, [node.text("cidrBlock")])
        }
        for node in try await ec2.describe("DescribeInternetGateways", list: "internetGatewaySet", filters: filter) {
            add("internet-gateway", node, [node.items("attachmentSet").first?.text("state")])
        }
        for node in try await ec2.describe("DescribeRouteTables", list: "routeTableSet", filters: filter) {
            let routes = node.items("routeSet").map { route in
                "\(route.text("destinationCidrBlock") ?? "")>\(route.text("gatewayId")?.prefix(3) ?? "")"
            }
            add("route-table", node, routes.sorted() + ["\(node.items("associationSet").count) associations"])
        }
        for node in try await ec2.describe("DescribeSecurityGroups", list: "securityGroupInfo", filters: filter) {
            add("security-group", node, Self.rules(node, "ipPermissions") + Self.rules(node, "ipPermissionsEgress"))
        }
        for node in try await ec2.describe("DescribeVolumes", list: "volumeSet", filters: filter) {
            let values = ["size", "volumeType", "iops", "throughput"].map { node.text($0) }
            add("volume", node, values)
        }
        for node in try await ec2.describe("DescribeNetworkInterfaces", list: "networkInterfaceSet", filters: filter) {
            add("network-interface", node, [node.text("privateIpAddress")])
        }
        for node in try await ec2.describe("DescribeInstances", list: "reservationSet", filters: filter)
            .flatMap({ $0.items("instancesSet") })
        {
            let shutdown = try await client.query(
                .ec2,
                "DescribeInstanceAttribute",
                [
                    "InstanceId": node.text("instanceId") ?? "",
                    "Attribute": "instanceInitiatedShutdownBehavior",
                ],
                safety: .idempotent
            )
            add(
                "instance",
                node,
                [
                    node.text("instanceType"), node.text("privateIpAddress"), node.text("imageId"),
                    node.text("metadataOptions", "httpTokens"), node.text("ipAddress") == nil ? "private" : "public",
                    shutdown.text("instanceInitiatedShutdownBehavior", "value"),
                ]
            )
        }
        for (action, element) in [("GetRole", "Role"), ("GetInstanceProfile", "InstanceProfile")] {
            let reply = try await client.query(.iam, action, ["\(element)Name": experiment], safety: .idempotent)
            let node = reply["\(action)Result"]?[element]
            add(element, try #require(node), [])
        }
        all = facts.sorted()
    }

    private static func rules(_ node: XMLNode, _ list: String) -> [String] {
        node.items(list).map { rule in
            let ranges = rule.items("ipRanges").compactMap { $0.text("cidrIp") }.sorted().joined(separator: ",")
            let ports = "\(rule.text("fromPort") ?? "")-\(rule.text("toPort") ?? "")"
            return "\(list):\(rule.text("ipProtocol") ?? "")/\(ports)/\(ranges)/\(rule.items("groups").count)"
        }.sorted()
    }
}
