import Document
import PluginAPI

/// A profile's `credential_process`: a program of the user's that prints credentials as JSON, version 1.
struct ProcessCredentials {
    let profile: String
    let command: String
    let seams: CredentialSeams

    func load() async throws -> AWSCredentials {
        let words = Self.words(of: command)
        let source = "the credential_process of the AWS profile “\(profile)”"
        guard let program = words.first else { throw LabError(.preflight, "\(source) is empty") }
        let output = Output()
        let invocation = ProcessInvocation(program, Array(words.dropFirst()))
        let result = try await seams.processes.run(invocation) { await output.append($0) }
        guard result.status == 0 else {
            let said = String(result.standardError.suffix(500))
            throw LabError(.preflight, "\(source) ended with status \(result.status)", cause: said)
        }
        let bytes = await Array(output.text.utf8)
        guard (try? JSON.parse(bytes, file: source))?["Version"]?.scalar?.int == 1 else {
            throw LabError(.preflight, "\(source) printed no credentials of version 1")
        }
        return try AWSCredentials(
            json: bytes,
            keys: ("AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"),
            from: source
        )
    }

    private actor Output {
        private(set) var text = ""
        func append(_ line: String) { text += line + "\n" }
    }

    /// The words of a command line, as the AWS tools split it: quotes hold words together, and no shell is involved.
    static func words(of command: String) -> [String] {
        var words: [String] = []
        var word = ""
        var isInWord = false
        var quote: Character?
        var isEscaped = false
        for character in command {
            if isEscaped {
                word.append(character)
                isEscaped = false
            } else if character == "\\", quote != "'" {
                (isEscaped, isInWord) = (true, true)
            } else if let open = quote {
                if character == open { quote = nil } else { word.append(character) }
            } else if character == "\"" || character == "'" {
                (quote, isInWord) = (character, true)
            } else if character.isWhitespace {
                if isInWord { words.append(word) }
                (word, isInWord) = ("", false)
            } else {
                word.append(character)
                isInWord = true
            }
        }
        return isInWord ? words + [word] : words
    }
}
