import CZlib
import PluginAPI

/// Bytes compressed as `gzip` does, for what has to go through a narrow place.
public enum Gzip {
    private static let pieceSize = 1 << 16

    /// Compresses bytes. The same bytes always give the same result: no name and no time are stored.
    ///
    /// - Throws: ``LabError`` when zlib has no memory.
    public static func compress(_ bytes: [UInt8]) throws -> [UInt8] {
        var stream = unsafe z_stream()
        guard unsafe lh_deflate_init_gzip(&stream, Z_BEST_COMPRESSION) == Z_OK else { throw failure("compressing") }
        defer { unsafe deflateEnd(&stream) }
        return try unsafe pump(&stream, bytes, limit: .max) { unsafe deflate($0, Z_FINISH) }
    }

    /// Decompresses bytes.
    ///
    /// - Parameters:
    ///   - bytes: A gzip file of one member.
    ///   - limit: How long the result may be: what comes from a host must not take all memory.
    /// - Returns: What was compressed.
    /// - Throws: ``LabError`` when the bytes are no gzip file, damaged or cut, or the result is longer than `limit`.
    public static func decompress(_ bytes: [UInt8], limit: Int) throws -> [UInt8] {
        var stream = unsafe z_stream()
        guard unsafe lh_inflate_init_gzip(&stream) == Z_OK else { throw failure("decompressing") }
        defer { unsafe inflateEnd(&stream) }
        return try unsafe pump(&stream, bytes, limit: limit) { unsafe inflate($0, Z_NO_FLUSH) }
    }

    /// Feeds everything to the stream, and collects what comes out, until the stream says that it has ended.
    @unsafe private static func pump(
        _ stream: inout z_stream,
        _ bytes: [UInt8],
        limit: Int,
        _ step: (UnsafeMutablePointer<z_stream>) -> Int32
    ) throws -> [UInt8] {
        var bytes = bytes
        var result: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: pieceSize)
        // zlib counts in 32 bits; nothing of ours comes near, and what does is refused.
        guard bytes.count <= Int(UInt32.max) else { throw failure("too long for one stream:") }
        return try unsafe bytes.withUnsafeMutableBufferPointer { input in
            unsafe stream.next_in = input.baseAddress
            unsafe stream.avail_in = UInt32(input.count)
            while true {
                let (status, count) = unsafe piece.withUnsafeMutableBufferPointer { output in
                    unsafe stream.next_out = output.baseAddress
                    unsafe stream.avail_out = UInt32(output.count)
                    let status = unsafe step(&stream)
                    return (status, output.count - Int(unsafe stream.avail_out))
                }
                guard result.count + count <= limit else {
                    throw LabError(.failed, "compressed data are longer than \(limit) bytes")
                }
                result += piece[..<count]
                if status == Z_STREAM_END { return result }
                // No progress with all the input given: it was cut.
                let isStuck = unsafe count == 0 && stream.avail_in == 0
                guard status == Z_OK, !isStuck else { throw failure("reading") }
            }
        }
    }

    static func failure(_ doing: String) -> LabError {
        LabError(.failed, "\(doing) compressed data failed", cause: "zlib: damaged, cut, or out of memory")
    }
}
