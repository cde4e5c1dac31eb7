import COpenSSL

/// SHA-256, in one go or piece by piece, on OpenSSL's digest of it.
@safe public final class SHA256 {
    private let context: OpaquePointer

    /// Starts a digest.
    public init() {
        guard let context = unsafe EVP_MD_CTX_new(), unsafe EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else {
            preconditionFailure("OpenSSL has no SHA-256; out of memory, or a build without its default provider")
        }
        unsafe self.context = context
    }

    deinit { unsafe EVP_MD_CTX_free(context) }

    /// Takes the next piece.
    public func update(_ bytes: some Collection<UInt8>) {
        let done: Void? = bytes.withContiguousStorageIfAvailable { buffer in
            _ = unsafe EVP_DigestUpdate(context, buffer.baseAddress, buffer.count)
        }
        if done == nil { update(Array(bytes)) }
    }

    /// The digest of everything taken, 32 bytes. The object is of no use afterwards.
    public func finish() -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 32)
        unsafe EVP_DigestFinal_ex(context, &digest, nil)
        return digest
    }

    /// The digest of some bytes.
    public static func hash(_ bytes: some Collection<UInt8>) -> [UInt8] {
        let digest = SHA256()
        digest.update(bytes)
        return digest.finish()
    }

    /// The keyed digest (HMAC) of some bytes.
    public static func authenticate(_ bytes: some Collection<UInt8>, key: [UInt8]) -> [UInt8] {
        let message = Array(bytes)
        var code = [UInt8](repeating: 0, count: 32)
        var length: UInt32 = 0
        unsafe HMAC(EVP_sha256(), key, Int32(key.count), message, message.count, &code, &length)
        return code
    }
}

extension Collection<UInt8> {
    /// The bytes in lower-case hexadecimal.
    public var hexadecimal: String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(count * 2)
        for byte in self { text += [digits[Int(byte >> 4)], digits[Int(byte & 15)]] }
        return String(decoding: text, as: UTF8.self)
    }
}
