/// The least-privilege IAM policy for a set of AWS actions, as far as AWS can tell ours from others' by tag or name.
///
/// Reading is allowed everywhere: EC2's describe calls know no resources. Creating needs our Project tag in the request,
/// changing and deleting need it on the resource. Tags are set on what exists already only if it is ours, so that nobody
/// can make a resource theirs by tagging it. IAM's calls are held to names that begin with the experiment's id.
/// Source: the Service Authorization Reference of each service.
public struct AccessPolicy: Sendable, Encodable {
    /// One statement, with IAM's own keys.
    public struct Statement: Sendable, Encodable, Hashable {
        var sid: String
        var effect = "Allow"
        var actions: [String]
        var resources: [String] = ["*"]
        /// Operator, key, values.
        var condition: [String: [String: [String]]]?

        enum CodingKeys: String, CodingKey {
            case sid = "Sid"
            case effect = "Effect"
            case actions = "Action"
            case resources = "Resource"
            case condition = "Condition"
        }
    }

    private let version = "2012-10-17"
    /// The statements; none is empty.
    public let statements: [Statement]

    /// Every action that is allowed, sorted.
    public var actions: [String] { Set(statements.flatMap(\.actions)).sorted() }

    enum CodingKeys: String, CodingKey {
        case version = "Version"
        case statements = "Statement"
    }

    /// Makes the policy.
    ///
    /// - Parameters:
    ///   - actions: The actions that plugins call: `ec2:RunInstances`.
    ///   - project: The value of the Project tag.
    ///   - names: How the names of roles and instance profiles begin: `exp-`, or an experiment's id.
    ///   - bucket: The bucket for files; nil for none, and then no action of S3 is allowed.
    public init(actions: some Sequence<String>, project: String, names: String, bucket: String?) {
        let actions = Set(actions).sorted()
        func those(_ service: String, _ belongs: (String) -> Bool = { _ in true }) -> [String] {
            actions.filter { $0.hasPrefix(service + ":") && belongs(String($0.dropFirst(service.count + 1))) }
        }
        func changes(_ name: String) -> Bool { !Self.isReading(name) }
        let inRequest = ["StringEquals": ["aws:RequestTag/Project": [project]]]
        let onResource = ["StringEquals": ["aws:ResourceTag/Project": [project]]]
        let roles = ["arn:aws:iam::*:role/\(names)*", "arn:aws:iam::*:instance-profile/\(names)*"]
        let special: Set = ["PassRole", "AttachRolePolicy", "CreateServiceLinkedRole"]
        var all = [
            Statement(sid: "Read", actions: actions.filter { Self.isReading(Self.name($0)) && !$0.hasPrefix("s3:") }),
            Statement(
                sid: "CreateOurs",
                actions: those("ec2") { Self.isCreating($0) && $0 != "CreateTags" },
                condition: inRequest
            ),
            Statement(sid: "ChangeOurs", actions: those("ec2", changes), condition: onResource),
            Statement(
                sid: "TagWhatIsCreated",
                actions: those("ec2") { $0 == "CreateTags" },
                condition: inRequest.merging(["Null": ["ec2:CreateAction": ["false"]]]) { $1 }
            ),
            Statement(
                sid: "LaunchFromImages",
                actions: those("ec2") { $0 == "RunInstances" },
                resources: ["arn:aws:ec2:*::image/*", "arn:aws:ec2:*::snapshot/*"]
            ),
            Statement(
                sid: "RolesOfExperiments",
                actions: those("iam") { changes($0) && !special.contains($0) },
                resources: roles
            ),
            Statement(
                sid: "HostsAreManaged",
                actions: those("iam") { $0 == "AttachRolePolicy" },
                resources: [roles[0]],
                condition: ["ArnEquals": ["iam:PolicyARN": ["arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"]]]
            ),
            Statement(
                sid: "RolesForInstances",
                actions: those("iam") { $0 == "PassRole" },
                resources: [roles[0]],
                condition: ["StringEquals": ["iam:PassedToService": ["ec2.amazonaws.com"]]]
            ),
            Statement(
                sid: "SpotService",
                actions: those("iam") { $0 == "CreateServiceLinkedRole" },
                condition: ["StringEquals": ["iam:AWSServiceName": ["spot.amazonaws.com"]]]
            ),
            Statement(
                sid: "CommandsToOurs",
                actions: those("ssm") { $0 == "SendCommand" },
                resources: ["arn:aws:ec2:*:*:instance/*"],
                condition: ["StringEquals": ["ssm:resourceTag/Project": [project]]]
            ),
            Statement(
                sid: "CommandDocument",
                actions: those("ssm") { $0 == "SendCommand" },
                resources: ["arn:aws:ssm:*::document/AWS-RunShellScript"]
            ),
            Statement(sid: "Commands", actions: those("ssm") { changes($0) && $0 != "SendCommand" }),
        ]
        if let bucket {
            let arn = "arn:aws:s3:::\(bucket)"
            all += [
                Statement(sid: "Bucket", actions: those("s3") { $0 == "ListBucket" }, resources: [arn]),
                Statement(sid: "Files", actions: those("s3") { $0 != "ListBucket" }, resources: ["\(arn)/labhost/*"]),
            ]
        }
        let known: Set = ["ec2", "iam", "ssm", "s3"]
        all.append(
            Statement(
                sid: "Others",
                actions: actions.filter { !known.contains(Self.service($0)) && changes(Self.name($0)) }
            )
        )
        statements = all.filter { !$0.actions.isEmpty }
    }

    private static func service(_ action: String) -> String { String(action.prefix { $0 != ":" }) }

    private static func name(_ action: String) -> String { String(action.drop { $0 != ":" }.dropFirst()) }

    private static func isReading(_ name: String) -> Bool {
        ["Describe", "Get", "List", "Search"].contains { name.hasPrefix($0) }
    }

    private static func isCreating(_ name: String) -> Bool {
        ["Create", "Run", "Allocate", "Import", "Copy", "Register"].contains { name.hasPrefix($0) }
    }
}
