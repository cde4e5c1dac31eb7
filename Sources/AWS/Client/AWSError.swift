public import PluginAPI

/// A call that AWS refused, or that did not reach it.
public struct AWSError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The service: `ec2`.
    public var service: String
    /// The action: `RunInstances`.
    public var action: String
    /// AWS's code for what is wrong: `UnauthorizedOperation`. For a call that got no reply, the transport's kind.
    public var code: String
    /// AWS's own words, or the transport's.
    public var message: String
    /// The HTTP status; nil when no reply came.
    public var status: Int?
    /// What AWS's support asks for; nil when no reply came.
    public var requestID: String?
    /// How the transport failed; nil when a reply came.
    public var failure: HTTPFailure.Kind?

    /// Makes an error.
    public init(
        service: String,
        action: String,
        code: String,
        message: String,
        status: Int? = nil,
        requestID: String? = nil,
        failure: HTTPFailure.Kind? = nil
    ) {
        self.service = service
        self.action = action
        self.code = code
        self.message = message
        self.status = status
        self.requestID = requestID
        self.failure = failure
    }

    /// The whole error on one line.
    public var description: String {
        let facts = [status.map { "HTTP \($0)" }, requestID.map { "request \($0)" }].compactMap(\.self)
        let tail = facts.isEmpty ? "" : " (\(facts.joined(separator: ", ")))"
        return "\(service) \(action): \(code): \(message)\(tail)"
    }

    /// Whether it says that the thing does not exist.
    public var isNotFound: Bool {
        code.hasSuffix(".NotFound") || code.hasSuffix("NotFoundException")
            || ["NoSuchEntity", "NoSuchKey"].contains(code)
            || code == "InvalidPlacementGroup.Unknown" || code == "InvalidSpotInstanceRequestID.NotFound"
    }

    /// Whether EC2 has not heard of a new instance profile yet; it takes it some ten seconds.
    public var isUnknownProfile: Bool {
        code == "InvalidParameterValue" && message.contains("IAM Instance Profile")
    }

    /// Whether the permission was missing.
    public var isDenied: Bool {
        ["UnauthorizedOperation", "AccessDenied", "AccessDeniedException"].contains(code)
    }

    /// Whether it came too fast after others; such a call was not carried out.
    public var isThrottled: Bool { status == 429 || Self.throttlingCodes.contains(code) }

    private static let throttlingCodes: Set = [
        "Throttling", "ThrottlingException", "ThrottledException", "RequestThrottledException", "RequestThrottled",
        "TooManyRequestsException", "RequestLimitExceeded", "BandwidthLimitExceeded", "PriorRequestNotComplete",
        "EC2ThrottledException", "SlowDown", "RateExceeded",
    ]

    /// Whether the credentials are said to have ended. EC2 has a word of its own for that, which also means a clock that is off.
    public var isExpired: Bool { ["ExpiredToken", "ExpiredTokenException", "RequestExpired"].contains(code) }

    /// Whether AWS does not take the credentials at all: every other call will be refused in the same way.
    public var isUnauthenticated: Bool { isExpired || Self.authenticationCodes.contains(code) }

    private static let authenticationCodes: Set = [
        "AuthFailure", "InvalidClientTokenId", "UnrecognizedClientException", "SignatureDoesNotMatch",
        "InvalidSignatureException",
    ]

    /// Whether AWS says that it has no room; these come as 5xx, and asking again soon helps nobody.
    public var isCapacity: Bool {
        ["InsufficientInstanceCapacity", "InsufficientHostCapacity", "InsufficientReservedInstanceCapacity"]
            .contains(code)
    }

    /// What a person can do about it, where that is known.
    public var hint: String? {
        switch code {
        case _ where isDenied:
            // CloudWatch has one name where its calls go, and another in policies.
            "allow \(service == AWSService.cloudWatch.name ? "cloudwatch" : service):\(action) to whoever `aws sts get-caller-identity` names"
        case _ where isExpired:
            "the credentials have ended; log in again, then repeat the command"
        case _ where isUnauthenticated:
            "check the access key and its secret; `aws sts get-caller-identity` must succeed"
        case "NoSuchBucket": "name a bucket that exists, in the experiment's region"
        case "PermanentRedirect", "AuthorizationHeaderMalformed":
            "the bucket is in another region; name one in the experiment's"
        case "OptInRequired": "activate the service or the region in the account"
        case "VcpuLimitExceeded", "InstanceLimitExceeded", "MaxSpotInstanceCountExceeded":
            "ask for a higher quota in Service Quotas, or use fewer or smaller instances"
        case "SpotMaxPriceTooLow": "raise aws.spot.max_price, or leave it out to pay at most the on-demand price"
        case _ where isCapacity: "set another aws.availability_zone or another instance type"
        case _ where isThrottled: "other tools use up the account's call rate; wait a minute and repeat the command"
        default:
            switch failure {
            case .unresolved, .refused: "check the network, the proxy and aws.endpoint or AWS_ENDPOINT_URL"
            case .untrusted: "name the authority's certificate in AWS_CA_BUNDLE"
            default: nil
            }
        }
    }
}

extension AWSError {
    /// The error as a person is told of it, when the caller knows no better words for what it was doing.
    public var labError: LabError { LabError(aws: self, .failed, while: "\(service) \(action)") }
}

extension LabError {
    /// An error of an AWS call as a person is told of it: AWS's words as the cause, and what to do.
    public init(aws error: any Error, _ code: LabError.Code, while doing: String) {
        guard let error = error as? AWSError else {
            self.init(error, code: code, while: doing)
            return
        }
        self.init(code, "\(doing) failed", cause: error.description, hint: error.hint)
    }
}
