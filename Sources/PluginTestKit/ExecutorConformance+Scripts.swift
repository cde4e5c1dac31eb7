import PluginAPI

extension ExecutorConformance {
    static let scripts = [
        Case(name: "a script's output, errors and status come back as they are") { subject in
            let script = Script("printf 'one\\ntwo é\\n\\nno end'; printf oops >&2; exit 7")
            for outcome in try await subject.executor.run(script, on: subject.hosts) {
                try expectEqual(outcome.ending, .exited(7), outcome.host)
                try expectEqual(outcome.output, "one\ntwo é\n\nno end", outcome.host)
                try expectEqual(outcome.errors, "oops", outcome.host)
            }
        },
        Case(name: "outcomes come in the order of the hosts, one for each") { subject in
            let outcomes = try await subject.executor.run(Script("exit 0"), on: subject.hosts)
            try expectEqual(outcomes.map(\.host), subject.hosts.map(\.name), "hosts")
        },
        Case(name: "a script names its interpreter") { subject in
            let script = Script("#!/usr/bin/env bash\n[[ -n $BASH_VERSION ]] && echo bash")
            try expectEqual(try await output(of: script, subject), "bash\n", "output")
        },
        Case(name: "a variable's value stays a value") { subject in
            let value = "'; touch broken; \"$(touch broken)\" `touch broken`\n\\ é *"
            let script = Script("printf %s \"$VALUE\"", environment: ["VALUE": value])
            try expectEqual(try await output(of: script, subject), value, "VALUE")
        },
        Case(name: "long output comes whole") { subject in
            let text = try await output(of: Script("seq 1 60000"), subject)
            let wanted = (1...60_000).map { "\($0)\n" }.joined()
            try expect(text == wanted, "expected \(wanted.utf8.count) bytes, found \(text.utf8.count) or others")
        },
        Case(name: "a script that takes too long is ended") { subject in
            let outcomes = try await subject.executor.run(
                Script("echo begun; sleep 600", timeout: .seconds(2)),
                on: subject.hosts
            )
            for outcome in outcomes { try expectEqual(outcome.ending, .timedOut, outcome.host) }
        },
    ]

    static func output(of script: Script, _ subject: Subject) async throws -> String {
        let outcomes = try await subject.executor.run(script, on: Array(subject.hosts.prefix(1)))
        guard let outcome = outcomes.first else { throw Violation(description: "there is no outcome") }
        try expectEqual(outcome.ending, .exited(0), "ending (\(outcome.errors))")
        return outcome.output
    }
}
