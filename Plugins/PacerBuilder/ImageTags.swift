/// The tags of images, and of what exists only while one is built.
///
/// An image and its snapshots never carry `ExperimentID`, `Temporary` or `ExpiresAt`: whoever looks for leftovers would
/// take them for some.
public enum ImageTags {
    /// The version of Pulsar that an image carries.
    public static let pulsarVersion = "PulsarVersion"
    /// The content key: equal keys mean equal content. See ``ContentKey``.
    public static let key = "ImageKey"
    /// The key of the recipe alone, which stays the same when a newer base image appears.
    public static let recipe = "ImageRecipe"
    /// When the build began, in ISO 8601.
    public static let builtAt = "BuiltAt"
    /// The image that it was built from.
    public static let baseImage = "BaseImage"
    /// The commit, or the digest, of OpenMessaging Benchmark.
    public static let benchmark = "BenchmarkVersion"
    /// The value of `Component` on what is there only while an image is built or looked at.
    public static let component = "image-build"
}
