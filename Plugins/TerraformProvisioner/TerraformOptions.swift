public import PluginAPI

/// What a plan may say of how terraform is used.
public struct TerraformOptions: PluginOptions {
    /// The folder with a root module of the user's own; nil for the one that LabHost carries.
    public var module: String?
    /// The terraform program; nil looks for `terraform` in PATH.
    public var binary: String?

    /// Makes options.
    public init(module: String? = nil, binary: String? = nil) {
        self.module = module
        self.binary = binary
    }

    /// The keys that the options may have.
    public static let schema: [Schema.Key] = [
        Schema.Key(
            "module",
            .string(what: "a folder"),
            "A root module of your own, with the variables and the output `hosts` of the one that LabHost carries."
        ),
        Schema.Key(
            "binary",
            .string(what: "a program"),
            "The program to run: a name in PATH, or a path.",
            default: "terraform"
        ),
    ]
}
