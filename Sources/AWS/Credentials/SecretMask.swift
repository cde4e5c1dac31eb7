public import PluginAPI

/// Takes the secrets of credentials out of text that is kept or shown.
public struct SecretMask: Sendable {
    private let secrets: [String]

    /// Makes a mask.
    public init(_ credentials: AWSCredentials) {
        // Emulators take any word for a secret: hiding a short one would only garble the text.
        secrets = [credentials.secretAccessKey, credentials.sessionToken].compactMap(\.self).filter { $0.count >= 16 }
    }

    /// The text without the secrets.
    public func hide(_ text: String) -> String {
        secrets.reduce(text) { $0.contains($1) ? $0.replacing($1, with: "***") : $0 }
    }
}
