extension JobStatus {
    /// Reads what a script on the host prints of a job: the way in which shells tell executors.
    ///
    /// The first line is the state (`unknown`, `running` or an exit status) and the log's size; then comes a line
    /// `SIZE PATH` for each file that exists, an empty line, and the log from the offset on. Nil when it is not of that form.
    ///
    /// - Parameters:
    ///   - report: What was printed.
    ///   - offset: Where in the log the report's log begins.
    public init?(report: [UInt8], logFrom offset: Int) {
        var lines: [String] = []
        var rest = report[...]
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            let line = String(decoding: rest[..<end], as: UTF8.self)
            rest = rest[(end + 1)...]
            if line.isEmpty { break }
            lines.append(line)
        }
        let head = lines.first?.split(separator: " ") ?? []
        guard head.count == 2, let logSize = Int(head[1]) else { return nil }
        let state: State
        switch head[0] {
        case "unknown": state = .unknown
        case "running": state = .running
        default:
            guard let code = Int(head[0]) else { return nil }
            state = .exited(code)
        }
        var sizes: [String: Int] = [:]
        for line in lines.dropFirst() {
            guard let space = line.firstIndex(of: " "), let size = Int(line[..<space]) else { return nil }
            sizes[String(line[line.index(after: space)...])] = size
        }
        self.init(
            state: state,
            log: String(decoding: rest, as: UTF8.self),
            nextOffset: offset + rest.count,
            logSize: logSize,
            fileSizes: sizes
        )
    }
}
