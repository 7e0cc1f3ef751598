import Bytes
import Dispatch
import Foundation
import Records
import Registry
import Synchronization
import TestSupport
import Testing

@testable import Governance

/// The file: its form, and how it grows.
@Suite struct DecisionFileTests {
    @Test func everyLineReadsBackAsItWasWritten() throws {
        let lines = World.chain + [World.claim, World.bedrock, World.approveBedrock, World.step(1)]
        let read = try readDecisions(World.text(lines), file: "d")
        let again = try readDecisions(Array(read.map { $0.text + [0x0A] }.joined()), file: "d")
        #expect(again.map(\.text) == read.map(\.text) && read.count == lines.count)
        #expect(read.map(\.line) == Array(1...lines.count))
        // Blank lines count as lines, and are passed over; so is the end of a line of Windows.
        let spaced = try readDecisions(Array("\n  \n".utf8) + World.text([World.request]).dropLast() + Array("\r\n".utf8), file: "d")
        #expect(spaced.map(\.line) == [3])
    }

    private static let wrong: [(line: String, words: String)] = [
        ("[]", "d:1: $: is no object"), ("{\"verb\":", "d:1: $: is no JSON"), ("{\"verb\":\"aprove\"}", "$.verb: is 'aprove', which is no verb; did you mean 'approve'?"),
        ("{\"verb\":\"approve\"}", "has no 'id'; add it"), ("<<<<<<< HEAD", "is the mark of a merge that is not finished"),
        ("{" + World.line("a", .finOpsLead, "approve", "s") + ",\"id\":\"1\",\"at\":\"today\"}", "$.at: is 'today', which is no time"),
        ("{\"id\":\"1\",\"at\":\"2026-10-01T08:00:00Z\"," + World.line("", .finOpsLead, "approve", "s") + "}", "$.actor: is empty"),
        ("{\"id\":\"1\",\"at\":\"2026-10-01T08:00:00Z\"," + World.line("a", .finOpsLead, "approve", "s", "\"month\":\"2026-10\"") + "}", "has the unknown key 'month'"),
        ("{\"id\":\"1\",\"at\":\"2026-10-01T08:00:00Z\"," + World.line("a", .finOpsLead, "reject", "s", "\"reason\":\"\"") + "}", "$.reason: is empty; say why"),
        ("{\"id\":\"1\",\"at\":\"2026-10-01T08:00:00Z\",\"actor\":\"a\",\"role\":\"Boss\",\"verb\":\"approve\",\"object\":\"s\"}", "$.role: is 'Boss', which is unknown; it is one of FinOps Lead"),
        ("{\"id\":\"1\",\"at\":\"2026-10-01T08:00:00Z\"," + World.line("a\\u202eb", .finOpsLead, "reject", "s", "\"reason\":\"x\"") + "}", "$.actor: holds control or format characters"),
        ("{\"id\":\"1\",\"at\":\"2026-10-01T08:00:00Z\"," + World.line("a\\u00a0", .finOpsLead, "reject", "s", "\"reason\":\"x\"") + "}", "with characters that are not seen"),
        ("{\"id\":\"1\",\"at\":\"2026-10-01T08:00:00Z\"," + World.line("a ", .finOpsLead, "reject", "s", "\"reason\":\"x\"") + "}", "with blanks around it"),
        ("{\"id\":\"1\",\"at\":\"2026-10-01T08:00:00Z\"," + World.line("a", .cloudEngineer, "complete", "s/2", "\"trail\":\"captured\"") + "}", "$.trail: is said without evidence"),
        ("{\"id\":\"1\",\"at\":\"2026-10-01T08:00:00Z\"," + World.line("a", .productOwner, "estimate", "s", "\"month\":\"2026-10\",\"amount\":\"-5\"") + "}", "cannot be negative"),
        ("{\"id\":\"1\",\"at\":\"2026-10-01T08:00:00Z\"," + World.line("a", .finOpsLead, "block", "m", "\"platform\":\"bedrok\"") + "}", "did you mean 'bedrock'?"),
    ]

    @Test(arguments: wrong.indices) func aWrongLineIsTold(_ index: Int) {
        let (line, words) = DecisionFileTests.wrong[index]
        do throws(RegistryFaults) {
            _ = try readDecisions(Array(line.utf8), file: "d")
            Issue.record("\(line) was read")
        } catch { #expect(error.messages.contains { $0.contains(words) }, "\(error.messages)") }
    }

    @Test func copiesAndLinesOutOfOrderAreTold() {
        let text = String(decoding: World.text([World.request, World.approve]), as: UTF8.self)
        func faults(_ text: String) -> [String] {
            do throws(RegistryFaults) {
                _ = try Governance(readDecisions(Array(text.utf8), file: "d"), World.registry(), file: "d", registryFile: "r")
                return []
            } catch { return error.messages }
        }
        #expect(faults(text).isEmpty)
        #expect(faults(text.replacing("\"d2\"", with: "\"d1\"")) == ["d:2: $.id: is 'd1', which line 1 has; every decision has an id of its own, so remove the copy"])
        #expect(
            faults(text.replacing("08:01:00", with: "07:00:00"))
                == ["d:2: $.at: is 2026-10-01T07:00:00Z, but the line before was decided at 2026-10-01T08:00:00Z; lines stand in the order of their times"])
    }

    /// Forty who append at once: every line is there, whole, and legal behind the one before.
    @Test func whoAppendsAtOnceLosesNothing() throws {
        let place = TemporaryFolder()
        let log = DecisionLog(place.path + "/decisions.jsonl")
        let registry = World.registry()
        let failures = Mutex(0)
        DispatchQueue.concurrentPerform(iterations: 40) { index in
            var decision = Decision(at: Instant(seconds: 1_791_000_000), actor: "po", role: .productOwner, verb: .claim, object: "triage")
            decision.principal = "arn:aws:iam::111122223333:role/r\(index)"
            do throws(DecisionFault) { _ = try log.append(decision, registry, registryFile: "r") } catch { failures.withLock { $0 += 1 } }
        }
        #expect(failures.withLock { $0 } == 0)
        let read = try readDecisions(bytes(of: log.path), file: "d")
        // An honest clock that is a little behind is no reason to refuse.
        var behind = Decision(at: Instant(seconds: 1_790_000_000), actor: "po", role: .productOwner, verb: .claim, object: "triage")
        behind.principal = "arn:aws:iam::111122223333:role/behind"
        #expect(try log.append(behind, registry, registryFile: "r", isTimed: false, isDry: true).decision.at == Instant(seconds: 1_791_000_000))
        #expect(Set(read.map(\.principal)).count == 40 && Set(read.map(\.id)).count == 40)
        #expect(try Governance(read, registry, file: "d", registryFile: "r").claims.count == 40)
        let mode = try FileManager.default.attributesOfItem(atPath: log.path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }

    @Test func anIllegalDecisionLeavesTheFileAsItWas() throws {
        let place = TemporaryFolder()
        // The last line lacks its end, as an editor may leave it.
        let path = place.write("d.jsonl", String(decoding: World.text([World.request]).dropLast(), as: UTF8.self))
        let before = bytes(of: path)
        let decision = Decision(at: Instant(seconds: 1_791_000_000), actor: "eng", role: .cloudEngineer, verb: .complete, object: "s/1")
        do throws(DecisionFault) {
            _ = try DecisionLog(path).append(decision, World.registry(), registryFile: "r")
            Issue.record("an illegal decision was written")
        } catch {
            if case .illegal(let fault) = error, fault.what.contains("PENDING_APPROVAL") {} else { Issue.record("\(error)") }
        }
        #expect(bytes(of: path) == before)
        var approval = Decision(at: Instant(seconds: 1_791_000_000), actor: "lead", role: .finOpsLead, verb: .approve, object: "s")
        approval.workspaceName = "w"
        approval.tags = [Decision.Tag(key: "element1", value: "x")]
        let written = try DecisionLog(path).append(approval, World.registry(), registryFile: "r").decision
        // What could not be read back is not written, and of an illegal first line no file is left.
        var negative = Decision(at: Instant(seconds: 1_791_000_000), actor: "po", role: .productOwner, verb: .estimate, object: "triage")
        negative.month = Month(year: 2026, month: 10)
        negative.amount = Amount(atto: -1)
        let after = bytes(of: path)
        for path in [path, place.path + "/new.jsonl"] {
            #expect(throws: DecisionFault.self) { try DecisionLog(path).append(negative, World.registry(), registryFile: "r") }
        }
        #expect(bytes(of: path) == after)
        #expect(!FileManager.default.fileExists(atPath: place.path + "/new.jsonl"))
        #expect(written.line == 2 && bytes(of: path) == before + [0x0A] + written.text + [0x0A])
    }
}
