import Testing

@testable import AWS

@Suite struct AccessPolicyTests {
    private let actions = [
        "ec2:RunInstances", "ec2:CreateTags", "ec2:DeleteVpc", "ec2:DescribeVpcs", "iam:CreateRole", "iam:PassRole",
        "iam:GetRole", "ssm:SendCommand", "s3:GetObject", "s3:ListBucket", "sts:GetCallerIdentity",
    ]

    private func statements(_ action: String, bucket: String? = nil) -> [AccessPolicy.Statement] {
        AccessPolicy(actions: actions, project: "labhost", names: "exp-", bucket: bucket).statements
            .filter { $0.actions.contains(action) }
    }

    @Test func `nothing is changed or deleted without our tag on it`() {
        let deletes = statements("ec2:DeleteVpc")
        #expect(deletes.map(\.condition) == [["StringEquals": ["aws:ResourceTag/Project": ["labhost"]]]])
    }

    @Test func `what exists cannot be made ours by tagging it`() throws {
        for statement in statements("ec2:CreateTags") {
            let condition = try #require(statement.condition)
            let isOurs = condition["StringEquals"]?["aws:ResourceTag/Project"] != nil
            #expect(isOurs || condition["Null"] == ["ec2:CreateAction": ["false"]])
        }
    }

    @Test func `roles are held to the experiments' names`() {
        #expect(statements("iam:CreateRole").allSatisfy { $0.resources.allSatisfy { $0.hasSuffix("/exp-*") } })
        #expect(statements("iam:PassRole").first?.condition?["StringEquals"]?["iam:PassedToService"] != nil)
    }

    @Test func `files are only in the bucket that the plan names, and under our prefix`() {
        #expect(statements("s3:GetObject").isEmpty)
        #expect(statements("s3:GetObject", bucket: "b").map(\.resources) == [["arn:aws:s3:::b/labhost/*"]])
    }

    @Test func `every action is allowed somewhere`() {
        for action in actions { #expect(!statements(action, bucket: "b").isEmpty, "\(action)") }
    }
}
