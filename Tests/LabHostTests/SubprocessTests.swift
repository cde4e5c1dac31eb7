import Foundation
import LabHost
import PluginAPI
import PluginTestKit
import SystemPackage
import Testing

@Suite("Child processes") struct SubprocessTests {
    /// What the end of a cancelled process looked like to its reader.
    private func interrupted(_ script: String, grace: Duration) async throws -> [String] {
        let lines = Locked<[String]>([])
        let invocation = ProcessInvocation("/bin/bash", ["-c", script], gracePeriod: grace)
        let task = Task {
            try await SubprocessRunner().run(invocation) { line in lines.withLock { $0.append(line) } }
        }
        while lines.withLock({ $0.isEmpty }) { try await Task.sleep(for: .milliseconds(5)) }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        return lines.withLock { $0 }
    }

    @Test func linesAndStatusArrive() async throws {
        let lines = Locked<[String]>([])
        let script = "echo one; printf 'two\\n\\nthree'; echo why >&2; echo not >&2; exit 3"
        let result = try await SubprocessRunner().run(ProcessInvocation("/bin/bash", ["-c", script])) { line in
            lines.withLock { $0.append(line) }
        }
        #expect(lines.withLock { $0 } == ["one", "two", "", "three"])
        #expect(result == ProcessResult(status: 3, standardError: "why\nnot"))
    }

    @Test func anInterruptedProcessIsReadToItsEnd() async throws {
        let script = """
            trap 'echo stopping; sleep 0.2; echo saved; exit 1' INT
            echo ready
            while :; do sleep 0.05; done
            """
        #expect(try await interrupted(script, grace: .seconds(30)) == ["ready", "stopping", "saved"])
    }

    @Test func oneThatDoesNotListenIsKilled() async throws {
        let script = "trap '' INT; echo ready; while :; do sleep 0.05; done"
        #expect(try await interrupted(script, grace: .milliseconds(200)) == ["ready"])
    }

    @Test func aReaderThatFailsEndsTheProcess() async throws {
        let invocation = ProcessInvocation("/bin/bash", ["-c", "echo one; echo two; sleep 60"])
        let seen = Locked(0)
        let error = await #expect(throws: LabError.self) {
            try await SubprocessRunner().run(invocation) { _ in
                seen.withLock { $0 += 1 }
                throw LabError(.failed, "full")
            }
        }
        #expect(error?.message == "full")
        #expect(seen.withLock { $0 } == 1)
    }

    @Test func processesThatHoldTheSameFileRunOneAfterTheOther() async throws {
        let directory = try TemporaryDirectory()
        let (file, sign) = (directory.path.appending("lock"), directory.path.appending("end"))
        let lines = Locked<[String]>([])
        let waits = Locked(0)
        var clock = LabClock.system
        clock.sleep = { _ in
            // Somebody waits: the first may end now.
            waits.withLock { $0 += 1 }
            _ = FileManager.default.createFile(atPath: sign.string, contents: nil)
            try await Task.sleep(for: .milliseconds(5))
        }
        let runner = SubprocessRunner(clock: clock)
        let first = ProcessInvocation(
            "/bin/bash",
            ["-c", "echo first; until [ -e \(sign) ]; do sleep 0.02; done; echo done"],
            holding: file
        )
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { _ = try await runner.run(first) { line in lines.withLock { $0.append(line) } } }
            while lines.withLock({ $0.isEmpty }) { try await Task.sleep(for: .milliseconds(5)) }
            let second = ProcessInvocation("/bin/bash", ["-c", "echo second"], holding: file)
            _ = try await runner.run(second) { line in lines.withLock { $0.append(line) } }
            try await group.waitForAll()
        }
        #expect(lines.withLock { $0 } == ["first", "done", "second"])
        #expect(waits.withLock { $0 } > 0)
    }

    @Test func aFileThatIsHeldForMinutesIsAnErrorThatNamesIt() async throws {
        let directory = try TemporaryDirectory()
        let file = directory.path.appending("lock")
        let held = try #require(try FileLock.take(file))
        let time = TestClock()
        let error = await #expect(throws: LabError.self) {
            try await SubprocessRunner(clock: time.labClock).waitForHolder(of: file)
        }
        #expect(error?.cause?.contains(file.string) == true)
        withExtendedLifetime(held) {}
    }

    @Test func aMissingProgramIsNamed() async throws {
        let error = await #expect(throws: LabError.self) {
            try await SubprocessRunner().run(ProcessInvocation("no-such-program-at-all", [])) { _ in }
        }
        #expect(error?.code == .preflight)
        #expect(error?.message == "no-such-program-at-all is not installed")
    }
}
