import CCurl
import PluginAPI

/// One exchange: an easy handle, what it has received, and who waits for it.
///
/// Made, used and freed on the loop's thread. libcurl holds unretained pointers to it, which are good for as long as
/// the loop's table holds it. The body and every option string are copied by libcurl; the header list and the error
/// buffer are not, and live as long as the transfer.
@safe final class CurlTransfer {
    let easy: UnsafeMutableRawPointer
    weak var ticket: CurlTicket?

    private var continuation: HTTPContinuation?
    private let limit: Int
    private var headers: [HTTPRequest.Header] = []
    private var body: [UInt8] = []
    private var isTooLong = false
    private var headerList: UnsafeMutablePointer<curl_slist>?
    private let errorText: UnsafeMutablePointer<CChar>

    /// Sets the handle up; nil, with the continuation untouched, when libcurl refuses an option.
    init?(_ request: HTTPRequest, _ settings: CurlTransport.Settings, _ continuation: HTTPContinuation) {
        guard let easy = unsafe curl_easy_init() else { return nil }
        unsafe self.easy = easy
        limit = settings.maximumResponseBytes
        unsafe errorText = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))
        unsafe errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        guard configure(settings, timeout: request.timeout), set(request) else { return nil }
        self.continuation = continuation
    }

    deinit {
        unsafe curl_easy_cleanup(easy)
        unsafe curl_slist_free_all(headerList)
        unsafe errorText.deallocate()
    }

    /// The transfer that an easy handle belongs to.
    @unsafe static func owner(of easy: UnsafeMutableRawPointer) -> CurlTransfer? {
        var pointer: UnsafeMutablePointer<CChar>?
        unsafe lh_getinfo_ptr(easy, CURLINFO_PRIVATE, &pointer)
        guard let pointer = unsafe pointer else { return nil }
        return unsafe Unmanaged<CurlTransfer>.fromOpaque(pointer).takeUnretainedValue()
    }

    // MARK: Setting up

    private func configure(_ settings: CurlTransport.Settings, timeout: Duration) -> Bool {
        let this = unsafe Unmanaged.passUnretained(self).toOpaque()
        var codes = unsafe [
            lh_setopt_ptr(easy, CURLOPT_PRIVATE, this),
            lh_setopt_ptr(easy, CURLOPT_ERRORBUFFER, errorText),
            lh_setopt_long(easy, CURLOPT_NOSIGNAL, 1),
            lh_setopt_long(easy, CURLOPT_TCP_KEEPALIVE, 1),
            lh_setopt_long(easy, CURLOPT_TIMEOUT_MS, timeout.curlMilliseconds),
            lh_setopt_long(
                easy,
                CURLOPT_CONNECTTIMEOUT_MS,
                min(timeout, settings.connectTimeout).curlMilliseconds
            ),
            // A proxy's answer to CONNECT is not the response.
            lh_setopt_long(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1),
            lh_only_http(easy),
            // A cancelled name lookup is left to its thread rather than waited for.
            lh_quick_exit(easy),
            lh_setopt_ptr(easy, CURLOPT_WRITEDATA, this),
            lh_setopt_write(easy, CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
                unsafe CurlTransfer.take(bytes, size * count, context) { unsafe $0.append(body: $1) }
            },
            lh_setopt_ptr(easy, CURLOPT_HEADERDATA, this),
            lh_setopt_write(easy, CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
                unsafe CurlTransfer.take(bytes, size * count, context) { unsafe $0.append(header: $1) }
            },
        ]
        if let authorities = settings.authorities {
            codes.append(unsafe lh_setopt_str(easy, CURLOPT_CAINFO, authorities))
        }
        return codes.allSatisfy { $0 == CURLE_OK }
    }

    private func set(_ request: HTTPRequest) -> Bool {
        var codes = [unsafe lh_setopt_str(easy, CURLOPT_URL, request.url)]
        if request.method == "HEAD" {
            codes.append(unsafe lh_setopt_long(easy, CURLOPT_NOBODY, 1))
        } else if request.method != "GET" || !request.body.isEmpty {
            // Set before the bytes: it says how many of them to copy.
            codes.append(unsafe lh_setopt_off(easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(request.body.count)))
            let body = request.body.isEmpty ? [0] : request.body
            codes.append(
                unsafe body.withUnsafeBytes {
                    unsafe lh_setopt_str(
                        easy,
                        CURLOPT_COPYPOSTFIELDS,
                        $0.assumingMemoryBound(to: CChar.self).baseAddress
                    )
                }
            )
            codes.append(unsafe lh_setopt_str(easy, CURLOPT_CUSTOMREQUEST, request.method))
        }
        // What libcurl would add by itself is taken out: what was signed is what is sent.
        var lines = ["Expect:"]
        if !request.headers.contains(where: { $0.name.lowercased() == "content-type" }) {
            lines.append("Content-Type:")
        }
        // “Name:” would remove a header; “Name;” sends an empty one.
        lines += request.headers.map { $0.value.isEmpty ? "\($0.name);" : "\($0.name): \($0.value)" }
        for line in lines {
            guard let longer = unsafe curl_slist_append(headerList, line) else { return false }
            unsafe headerList = longer
        }
        codes.append(unsafe lh_setopt_slist(easy, CURLOPT_HTTPHEADER, headerList))
        return codes.allSatisfy { $0 == CURLE_OK }
    }

    // MARK: Receiving

    private typealias Taker = (CurlTransfer, UnsafeRawBufferPointer) -> Bool

    /// Gives a callback's bytes to its transfer; libcurl takes any count but all of them as “stop”.
    @unsafe private static func take(
        _ bytes: UnsafeMutablePointer<CChar>?,
        _ count: Int,
        _ context: UnsafeMutableRawPointer?,
        by taker: Taker
    ) -> Int {
        guard let context = unsafe context else { return 0 }
        let transfer = unsafe Unmanaged<CurlTransfer>.fromOpaque(context).takeUnretainedValue()
        return unsafe taker(transfer, UnsafeRawBufferPointer(start: bytes, count: count)) ? count : 0
    }

    private func append(body bytes: UnsafeRawBufferPointer) -> Bool {
        guard body.count + bytes.count <= limit else {
            isTooLong = true
            return false
        }
        unsafe body.append(contentsOf: bytes)
        return true
    }

    private func append(header bytes: UnsafeRawBufferPointer) -> Bool {
        let line = unsafe String(decoding: bytes, as: UTF8.self)
        if line.hasPrefix("HTTP/") {
            headers = []  // an interim response (100, 103) came before this one
        } else if let colon = line.firstIndex(of: ":") {
            let value = line[line.index(after: colon)...]
            headers.append(HTTPRequest.Header(String(line[..<colon]), value.trimmed))
        }
        guard headers.count <= 1000 else {
            isTooLong = true
            return false
        }
        return true
    }

    // MARK: Ending

    /// Ends the exchange as libcurl says that it ended. The handle has been taken out of the multi handle.
    func finish(_ code: CURLcode) {
        if isTooLong { return fail(HTTPFailure(.other, "the response is longer than \(limit) bytes")) }
        guard code == CURLE_OK else {
            let detail = unsafe String(cString: errorText)
            let words = detail.isEmpty ? unsafe String(cString: curl_easy_strerror(code)) : detail
            return fail(HTTPFailure(HTTPFailure.Kind(code), words))
        }
        var status = 0
        unsafe lh_getinfo_long(easy, CURLINFO_RESPONSE_CODE, &status)
        continuation?.resume(returning: HTTPResponse(status: status, headers: headers, body: body))
        continuation = nil
    }

    /// Ends the exchange with an error; later ends are ignored.
    func fail(_ error: any Error) {
        continuation?.resume(throwing: error)
        continuation = nil
    }
}

extension HTTPFailure.Kind {
    /// What a libcurl code means to the caller's next step.
    init(_ code: CURLcode) {
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: self = .unresolved
        case CURLE_COULDNT_CONNECT: self = .refused
        case CURLE_OPERATION_TIMEDOUT: self = .timedOut
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_PINNEDPUBKEYNOTMATCH,
            CURLE_SSL_INVALIDCERTSTATUS:
            self = .untrusted
        case CURLE_GOT_NOTHING, CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_PARTIAL_FILE, CURLE_HTTP2,
            CURLE_HTTP2_STREAM:
            self = .lost
        default: self = .other
        }
    }
}

extension Duration {
    /// Whole milliseconds as libcurl wants them: at least 1, because 0 means for ever.
    fileprivate var curlMilliseconds: Int {
        let exact = self / .milliseconds(1)
        return exact >= 1 ? Int(min(exact, 86_400_000)) : 1
    }
}

extension StringProtocol {
    /// The text without blanks and line ends around it.
    var trimmed: String {
        var rest = self[...]
        while let first = rest.first, first.isWhitespace { rest.removeFirst() }
        while let last = rest.last, last.isWhitespace { rest.removeLast() }
        return String(rest)
    }
}
