/// An invocation of OMB's `bin/benchmark`, found in a script.
struct BenchmarkCommand: Equatable {
    /// The driver file.
    var driver: String
    /// The workload file.
    var workload: String
    /// The result file.
    var output: String

    /// Finds the invocation in a script.
    ///
    /// - Returns: Nil when the script does not run OMB, or not with one driver, one workload and one output.
    init?(in script: String, workingDirectory: String) {
        let commands = script.split(whereSeparator: \.isNewline).map { Self.words(of: $0) }
        guard let words = commands.first(where: { $0.contains { $0.hasSuffix("bin/benchmark") } }) else { return nil }
        var options: [String: String] = [:]
        var files: [String] = []
        var rest = words.drop { !$0.hasSuffix("bin/benchmark") }.dropFirst()
        while let word = rest.popFirst() {
            switch word {
            case "-d", "--drivers": options["driver"] = rest.popFirst()
            case "-o", "--output": options["output"] = rest.popFirst()
            case "-w", "--workers", "-wf", "--workers-file", "-c", "--csv": _ = rest.popFirst()
            case _ where word.hasPrefix("-"): break
            default: files.append(word)
            }
        }
        guard let driver = options["driver"], let output = options["output"], files.count == 1 else { return nil }
        func absolute(_ path: String) -> String { path.hasPrefix("/") ? path : "\(workingDirectory)/\(path)" }
        self.driver = absolute(driver)
        self.output = absolute(output)
        workload = absolute(files[0])
    }

    /// The words of a simple command: quotes and backslashes as a shell reads them, and nothing else.
    static func words(of line: some StringProtocol) -> [String] {
        var words: [String] = []
        var word: String?
        var quote: Character?
        var isEscaped = false
        for character in line {
            if isEscaped {
                word = (word ?? "") + String(character)
                isEscaped = false
            } else if character == "\\", quote != "'" {
                isEscaped = true
            } else if let open = quote {
                if character == open { quote = nil } else { word = (word ?? "") + String(character) }
            } else if character == "'" || character == "\"" {
                quote = character
                word = word ?? ""
            } else if character == " " || character == "\t" {
                if let finished = word { words.append(finished) }
                word = nil
            } else {
                word = (word ?? "") + String(character)
            }
        }
        return words + (word.map { [$0] } ?? [])
    }
}
