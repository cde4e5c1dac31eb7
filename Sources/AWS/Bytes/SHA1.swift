import COpenSSL

/// SHA-1, for names that others make with it. It protects nothing.
enum SHA1 {
    /// The digest of some bytes, 20 bytes.
    static func hash(_ bytes: [UInt8]) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 20)
        var length: UInt32 = 0
        unsafe EVP_Digest(bytes, bytes.count, &digest, &length, EVP_sha1(), nil)
        return digest
    }
}
