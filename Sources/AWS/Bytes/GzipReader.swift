import CZlib
import PluginAPI

/// Decompresses a gzip file piece by piece, so that a long one never lies in memory whole.
///
/// It owns zlib's state, which must not move and is freed with it. It is not for use by two threads at once.
@safe public final class GzipReader {
    private let stream: UnsafeMutablePointer<z_stream>
    private var piece = [UInt8](repeating: 0, count: 1 << 16)
    /// Whether the end of the file was read, its checksum included.
    public private(set) var hasEnded = false

    /// Starts reading.
    ///
    /// - Throws: ``LabError`` when zlib has no memory.
    public init() throws {
        unsafe stream = .allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        guard unsafe lh_inflate_init_gzip(stream) == Z_OK else {
            unsafe stream.deallocate()
            throw Gzip.failure("decompressing")
        }
    }

    deinit {
        unsafe inflateEnd(stream)
        unsafe stream.deallocate()
    }

    /// Takes the next bytes of the file.
    ///
    /// - Parameters:
    ///   - bytes: Compressed bytes; what follows the file's end is left alone.
    ///   - sink: Given what they hold, in pieces of at most 64 KiB.
    /// - Throws: ``LabError`` when the file is damaged; what `sink` throws.
    public func read(_ bytes: [UInt8], into sink: (ArraySlice<UInt8>) throws -> Void) throws {
        var bytes = bytes
        try unsafe bytes.withUnsafeMutableBufferPointer { input in
            unsafe stream.pointee.next_in = input.baseAddress
            unsafe stream.pointee.avail_in = UInt32(input.count)
            var isFull = true
            while unsafe !hasEnded && (stream.pointee.avail_in > 0 || isFull) {
                let (status, count) = unsafe piece.withUnsafeMutableBufferPointer { output in
                    unsafe stream.pointee.next_out = output.baseAddress
                    unsafe stream.pointee.avail_out = UInt32(output.count)
                    let status = unsafe inflate(stream, Z_NO_FLUSH)
                    return (status, output.count - Int(unsafe stream.pointee.avail_out))
                }
                // Z_BUF_ERROR: it could do nothing without more input, which is no fault.
                guard status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR else {
                    throw Gzip.failure("reading")
                }
                try sink(piece[..<count])
                isFull = count == piece.count
                hasEnded = status == Z_STREAM_END
            }
        }
    }
}
