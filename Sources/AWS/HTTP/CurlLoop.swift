import CCurl
import PluginAPI

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

typealias HTTPContinuation = CheckedContinuation<HTTPResponse, any Error>

/// One call of `send`, shared by the caller, who may cancel it, and the thread, which carries it out.
///
/// Its mutable part is guarded by the loop's lock. It is the whole identity of a request: there are no ids to hand
/// out, look up or forget.
final class CurlTicket: @unchecked Sendable {
    enum Stage {
        /// Made, and not yet handed to the thread.
        case fresh
        /// In the thread's hands.
        case submitted
        /// Cancelled before or after it was submitted.
        case cancelled
    }

    let request: HTTPRequest
    fileprivate var stage = Stage.fresh
    /// The transfer while it lives; touched by the loop's thread alone.
    fileprivate var transfer: CurlTransfer?

    init(_ request: HTTPRequest) { self.request = request }
}

/// The thread that owns the multi handle, and the queue through which it is told what to do.
///
/// Every libcurl call but `curl_multi_wakeup`, which may come from any thread, is made on that thread. The thread keeps
/// the loop alive until it is told to stop; the multi handle is freed with the loop, so that a late `cancel` still
/// finds it.
@safe final class CurlLoop: @unchecked Sendable {
    private struct Inbox {
        var submitted: [(CurlTicket, HTTPContinuation)] = []
        var cancelled: [CurlTicket] = []
        var isStopping = false
    }

    /// libcurl's and OpenSSL's process-wide set-up; the language runs it once.
    private static let isInitialised = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    private let settings: CurlTransport.Settings
    private let multi: UnsafeMutableRawPointer
    private let inbox = Locked(Inbox())
    /// The transfers that libcurl holds pointers to; touched by the thread alone.
    private var live: [ObjectIdentifier: CurlTransfer] = [:]

    init(_ settings: CurlTransport.Settings) throws {
        guard Self.isInitialised, let multi = unsafe curl_multi_init() else {
            throw HTTPFailure(.other, "libcurl could not be started")
        }
        self.settings = settings
        unsafe self.multi = multi
        // Enough for every fan-out we make; what is above it queues inside libcurl rather than as open sockets.
        unsafe lh_multi_setopt_long(multi, CURLMOPT_MAX_HOST_CONNECTIONS, 32)
        unsafe lh_multi_setopt_long(multi, CURLMOPT_MAXCONNECTS, 64)
        try startThread()
    }

    deinit { unsafe curl_multi_cleanup(multi) }

    private func startThread() throws {
        let box = unsafe Unmanaged.passRetained(self)
        #if canImport(Darwin)
        var thread: pthread_t?
        #else
        var thread = pthread_t()
        #endif
        let status = unsafe pthread_create(
            &thread,
            nil,
            { argument in
                // On Darwin the argument is not optional.
                let argument: UnsafeMutableRawPointer? = unsafe argument
                if let argument = unsafe argument {
                    unsafe Unmanaged<CurlLoop>.fromOpaque(argument).takeRetainedValue().run()
                }
                return nil
            },
            box.toOpaque()
        )
        guard status == 0 else {
            unsafe box.release()
            throw HTTPFailure(.other, "the HTTP thread could not be started (error \(status))")
        }
        #if canImport(Darwin)
        if let thread { pthread_detach(thread) }
        #else
        pthread_detach(thread)
        #endif
    }

    // MARK: From any thread

    /// Hands a request to the thread, unless it was cancelled before it came to that.
    func submit(_ ticket: CurlTicket, _ continuation: HTTPContinuation) {
        let isWanted = inbox.withLock { inbox in
            guard ticket.stage == .fresh, !inbox.isStopping else { return false }
            ticket.stage = .submitted
            inbox.submitted.append((ticket, continuation))
            return true
        }
        guard isWanted else { return continuation.resume(throwing: CancellationError()) }
        wake()
    }

    /// Takes a request back; one that has been answered stays answered.
    func cancel(_ ticket: CurlTicket) {
        inbox.withLock { inbox in
            if ticket.stage == .submitted { inbox.cancelled.append(ticket) }
            ticket.stage = .cancelled
        }
        wake()
    }

    /// Ends the thread.
    func stop() {
        inbox.withLock { $0.isStopping = true }
        wake()
    }

    private func wake() { _ = unsafe curl_multi_wakeup(multi) }

    // MARK: On the loop's thread

    private func run() {
        while true {
            let work = inbox.withLock { inbox in
                let work = inbox
                inbox.submitted = []
                inbox.cancelled = []
                return work
            }
            for (ticket, continuation) in work.submitted { start(ticket, continuation) }
            for ticket in work.cancelled { abandon(ticket) }
            if work.isStopping { break }
            var running: Int32 = 0
            unsafe curl_multi_perform(multi, &running)
            collect()
            // libcurl shortens the wait to its own next timer; a wake-up ends it.
            unsafe curl_multi_poll(multi, nil, 0, 60_000, nil)
        }
        for transfer in live.values {
            transfer.fail(CancellationError())
            unsafe curl_multi_remove_handle(multi, transfer.easy)
        }
        live = [:]
    }

    private func start(_ ticket: CurlTicket, _ continuation: HTTPContinuation) {
        guard let transfer = CurlTransfer(ticket.request, settings, continuation) else {
            return continuation.resume(throwing: HTTPFailure(.other, "libcurl refused the request's options"))
        }
        let code = unsafe curl_multi_add_handle(multi, transfer.easy)
        guard code == CURLM_OK else {
            return transfer.fail(HTTPFailure(.other, unsafe String(cString: curl_multi_strerror(code))))
        }
        ticket.transfer = transfer
        transfer.ticket = ticket
        live[ObjectIdentifier(transfer)] = transfer
    }

    private func abandon(_ ticket: CurlTicket) {
        guard let transfer = ticket.transfer else { return }  // answered in the meantime
        // The caller goes on first: taking a handle out may wait for a name being looked up.
        transfer.fail(CancellationError())
        forget(transfer)
    }

    private func collect() {
        var queued: Int32 = 0
        while let message = unsafe curl_multi_info_read(multi, &queued) {
            guard unsafe message.pointee.msg == CURLMSG_DONE, let easy = unsafe message.pointee.easy_handle,
                let transfer = unsafe CurlTransfer.owner(of: easy)
            else { continue }
            let code = unsafe lh_msg_result(message)  // `message` is gone once the handle is removed
            forget(transfer)
            transfer.finish(code)
        }
    }

    private func forget(_ transfer: CurlTransfer) {
        unsafe curl_multi_remove_handle(multi, transfer.easy)
        live[ObjectIdentifier(transfer)] = nil
        transfer.ticket?.transfer = nil
    }
}
