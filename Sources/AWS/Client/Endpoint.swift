import PluginAPI

/// An AWS service as its calls are addressed, signed and written.
public struct AWSService: Sendable, Hashable {
    enum Wire: Hashable { case query(version: String), json(target: String), rest }

    /// The name in the signature's scope and, but for exceptions, in the host name.
    public var name: String
    /// Whether there is one endpoint for all regions of a partition.
    var isGlobal: Bool
    var wire: Wire
    /// For a service that answers for all regions from one of them; nil for others.
    var home: Home?

    /// Where such a service is: us-east-1, and in China cn-northwest-1.
    struct Home: Hashable {
        /// How its host name begins.
        var host: String

        func region(for region: String) -> String { region.hasPrefix("cn-") ? "cn-northwest-1" : "us-east-1" }
    }

    /// Elastic Compute Cloud.
    public static let ec2 = AWSService(name: "ec2", isGlobal: false, wire: .query(version: "2016-11-15"))
    /// Identity and Access Management.
    public static let iam = AWSService(name: "iam", isGlobal: true, wire: .query(version: "2010-05-08"))
    /// Security Token Service.
    public static let sts = AWSService(name: "sts", isGlobal: false, wire: .query(version: "2011-06-15"))
    /// Systems Manager.
    public static let ssm = AWSService(name: "ssm", isGlobal: false, wire: .json(target: "AmazonSSM"))
    /// CloudWatch.
    public static let cloudWatch = AWSService(
        name: "monitoring",
        isGlobal: false,
        wire: .query(version: "2010-08-01")
    )
    /// Service Quotas.
    public static let serviceQuotas = AWSService(
        name: "servicequotas",
        isGlobal: false,
        wire: .json(target: "ServiceQuotasV20190624")
    )
    /// The price list, which has endpoints in a few regions only.
    public static let pricing = AWSService(
        name: "pricing",
        isGlobal: false,
        wire: .json(target: "AWSPriceListService"),
        home: Home(host: "api.pricing")
    )
    /// Cost Explorer.
    public static let costExplorer = AWSService(
        name: "ce",
        isGlobal: false,
        wire: .json(target: "AWSInsightsIndexService"),
        home: Home(host: "ce")
    )
    /// Simple Storage Service.
    public static let s3 = AWSService(name: "s3", isGlobal: false, wire: .rest)
}

/// Where a service's calls go in a region, and for which region they are signed.
struct Endpoint: Hashable {
    var url: String
    var signingRegion: String
    /// Whether it is AWS's own, and not one that the plan or the environment named.
    var isStandard: Bool

    /// Resolves an endpoint: the plan's, the environment's for the service, the environment's for all, AWS's own.
    ///
    /// - Throws: ``LabError`` when an endpoint or a region is not one that a request can be sent to.
    init(_ service: AWSService, region: String, cloud: CloudSettings, environment: [String: String]) throws {
        guard AWSRegion.isWellFormed(region) else {
            throw LabError(.preflight, "“\(region)” is not an AWS region", hint: "name one such as us-west-2")
        }
        let own = try Self.standard(service, region, environment)
        let given = [
            (cloud.endpoint, "aws.endpoint"),
            (environment["AWS_ENDPOINT_URL_\(service.name.uppercased())"], "AWS_ENDPOINT_URL_…"),
            (environment["AWS_ENDPOINT_URL"], "AWS_ENDPOINT_URL"),
        ]
        signingRegion = own.region
        isStandard = false
        for case (let text?, let place) in given where !text.isEmpty {
            guard let parts = URLParts(text), parts.query.isEmpty else {
                throw LabError(
                    .preflight,
                    "the endpoint “\(text)” in \(place) is not a URL",
                    hint: "write it as http://HOST:PORT"
                )
            }
            url = text.hasSuffix("/") ? text : text + "/"
            return
        }
        url = "https://\(own.host)/"
        isStandard = true
    }

    /// AWS's own endpoint, as the rules in botocore's data (`endpoint-rule-set-1.json` of each service) make it.
    private static func standard(
        _ service: AWSService,
        _ region: String,
        _ environment: [String: String]
    ) throws -> (host: String, region: String) {
        let isFIPS = environment["AWS_USE_FIPS_ENDPOINT"]?.lowercased() == "true"
        let isDual = environment["AWS_USE_DUALSTACK_ENDPOINT"]?.lowercased() == "true"
        let (isChina, isGovernment) = (region.hasPrefix("cn-"), region.hasPrefix("us-gov-"))
        guard !(isFIPS && isChina) else {
            throw LabError(.preflight, "AWS has no FIPS endpoints in \(region)", hint: "unset AWS_USE_FIPS_ENDPOINT")
        }
        let suffix =
            isDual
            ? isChina ? "api.amazonwebservices.com.cn" : "api.aws" : isChina ? "amazonaws.com.cn" : "amazonaws.com"
        if let home = service.home {
            // Neither has FIPS endpoints, and only one has a second address family.
            let place = home.region(for: region)
            return ("\(home.host).\(place).\(isChina ? "amazonaws.com.cn" : "amazonaws.com")", place)
        }
        // The government's endpoints are of that kind anyway, but for those of the second address family.
        let name = isFIPS && (!isGovernment || isDual && !service.isGlobal) ? "\(service.name)-fips" : service.name
        if service == .s3 {
            // S3 names its second address family otherwise, and has FIPS endpoints of their own everywhere.
            let name = isFIPS ? "s3-fips" : "s3"
            let suffix = isChina ? "amazonaws.com.cn" : "amazonaws.com"
            return ("\(name).\(isDual ? "dualstack." : "")\(region).\(suffix)", region)
        }
        guard service.isGlobal else { return ("\(name).\(region).\(suffix)", region) }
        if isGovernment { return ("\(name).us-gov.\(suffix)", "us-gov-west-1") }
        if isChina { return ("\(name).\(isDual ? "global" : "cn-north-1").\(suffix)", "cn-north-1") }
        return (isDual ? "\(name).global.\(suffix)" : "\(name).\(suffix)", "us-east-1")
    }
}
