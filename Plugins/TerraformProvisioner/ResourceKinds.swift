/// What terraform's resource types are called in the ledger: AWS's own resource type words.
enum ResourceKinds {
    /// The types whose words are not simply the type without `aws_`.
    private static let words: [String: String] = [
        "aws_eip": "elastic-ip",
        "aws_ebs_volume": "volume",
        "aws_ami": "image",
        "aws_ebs_snapshot": "snapshot",
    ]

    /// What exists only as a part or a link of other resources: it goes with them, and nothing lists it.
    private static let parts: Set<String> = [
        "aws_route", "aws_volume_attachment", "aws_eip_association", "aws_security_group_rule",
        "aws_internet_gateway_attachment", "aws_network_interface_attachment",
        "aws_network_interface_sg_attachment", "aws_iam_role_policy", "aws_iam_role_policies_exclusive", "aws_ec2_tag",
    ]

    /// The kind of a resource type; nil for what is no resource of its own.
    static func kind(of type: String) -> String? {
        guard type.hasPrefix("aws_"), !parts.contains(type), !type.hasPrefix("aws_vpc_security_group_") else {
            return nil
        }
        if type.hasSuffix("_association") || type.hasSuffix("_policy_attachment") { return nil }
        // A VPC's own defaults are adopted, not created.
        if type.hasPrefix("aws_default_") { return nil }
        return words[type] ?? String(type.dropFirst("aws_".count)).replacing("_", with: "-")
    }
}
