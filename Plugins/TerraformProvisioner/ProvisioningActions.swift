/// The AWS actions that terraform calls for LabHost's module, beside those of the cleanup.
enum ProvisioningActions {
    static let all: [String] =
        [
            "AssociateRouteTable", "AttachInternetGateway", "AuthorizeSecurityGroupEgress",
            "AuthorizeSecurityGroupIngress", "CreateInternetGateway", "CreateLaunchTemplate", "CreateRoute",
            "CreateRouteTable", "CreateSecurityGroup", "CreateSubnet", "CreateTags", "CreateVpc",
            "DescribeInstanceAttribute", "DescribeInstanceCreditSpecifications", "DescribeInstanceTypes",
            "DescribeInstances", "DescribeInternetGateways", "DescribeLaunchTemplateVersions",
            "DescribeLaunchTemplates", "DescribeNetworkAcls", "DescribeNetworkInterfaces", "DescribeRouteTables",
            "DescribeSecurityGroups", "DescribeSpotInstanceRequests", "DescribeSubnets", "DescribeTags",
            "DescribeVolumes", "DescribeVpcAttribute", "DescribeVpcs", "ModifyInstanceAttribute", "RunInstances",
            "TerminateInstances",
        ].map { "ec2:\($0)" }
        + [
            "AddRoleToInstanceProfile", "AttachRolePolicy", "CreateInstanceProfile", "CreateRole",
            "CreateServiceLinkedRole", "GetInstanceProfile", "GetRole", "ListAttachedRolePolicies",
            "ListRolePolicies", "PassRole", "TagInstanceProfile", "TagRole",
        ].map { "iam:\($0)" } + ["sts:GetCallerIdentity"]
}
