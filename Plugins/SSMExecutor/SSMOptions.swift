public import PluginAPI

/// The options of ``SSMExecutor``.
public struct SSMOptions: PluginOptions {
    /// The bucket that large files and outputs go through; nil sends them through Systems Manager, in pieces.
    public var bucket: String?

    /// The keys in a plan.
    ///
    /// The pattern is that of "General purpose bucket naming rules" in the S3 user guide.
    public static let schema: [Schema.Key] = [
        Schema.Key(
            "bucket",
            .string(pattern: "[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", what: "the name of an S3 bucket"),
            "An S3 bucket in the experiment's region that large files pass through; without it they go through Systems "
                + "Manager, 17 KB a call."
        )
    ]

    /// Makes options.
    public init(bucket: String? = nil) { self.bucket = bucket }
}
