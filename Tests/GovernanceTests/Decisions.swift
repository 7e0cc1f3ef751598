import Records
import Registry

@testable import Governance

/// A small world for decisions: two workloads, one of which has a claim and an estimate in the registry.
enum World {
    static let arn = "arn:aws:aws-external-anthropic:us-east-1:111122223333:workspace/wrkspc_01Claims"
    static let role = "arn:aws:iam::111122223333:role/apportion-s"
    static let function = "arn:aws:lambda:us-east-1:111122223333:function:apportion-s-passthrough"

    static func registry(_ more: String = "") -> Registry {
        let text = """
            {"version":1,"workloads":[
            {"id":"triage","owner":"po@example.com"},
            {"id":"letters","claims":[{"principal":"arn:aws:iam::111122223333:role/letters","to":"2026-12-01"}],
             "estimates":[{"month":"2026-10","amount":"5"}]}]\(more)}
            """
        guard let registry = try? readRegistry(Array(text.utf8), file: "registry.json") else { preconditionFailure("the world's registry is wrong") }
        return registry
    }

    /// Lines without id and time: these are given by their place, a minute apart.
    static func text(_ lines: [String]) -> [UInt8] {
        Array(
            lines.enumerated().map { index, line in
                "{\"id\":\"d\(index + 1)\",\"at\":\"2026-10-01T08:\(index / 10)\(index % 10):00Z\",\(line)}\n"
            }.joined().utf8)
    }

    static func line(_ actor: String, _ role: Role, _ verb: String, _ object: String, _ more: String = "") -> String {
        "\"actor\":\"\(actor)\",\"role\":\"\(role.rawValue)\",\"verb\":\"\(verb)\",\"object\":\"\(object)\"" + (more.isEmpty ? "" : "," + more)
    }

    static let request = line(
        "po", .productOwner, "request", "s",
        "\"platform\":\"claude-platform\",\"model\":\"claude-sonnet-4-6\",\"modelName\":\"Claude Sonnet 4.6\",\"vendor\":\"Anthropic\",\"account\":\"111122223333\",\"regions\":[\"us-east-1\"],\"iamScope\":\"Inference Only\",\"workload\":\"triage\"")
    static let approve = line("lead", .finOpsLead, "approve", "s", "\"workspaceName\":\"claims\",\"tags\":{\"element1\":\"Insurance\"}")
    static let one = line("eng", .cloudEngineer, "complete", "s/1", "\"workspaceName\":\"claims\",\"tags\":{\"element1\":\"Insurance\"}")
    static let two = line("eng", .cloudEngineer, "complete", "s/2", "\"workspace\":\"\(arn)\",\"trail\":\"captured\",\"evidence\":{\"event-selectors\":\"sha256:1\",\"trails\":\"sha256:2\"}")
    static let three = line("eng", .cloudEngineer, "complete", "s/3", "\"roleArn\":\"\(role)\",\"functionArn\":\"\(function)\"")
    static let claim = line("po", .productOwner, "claim", "triage", "\"principal\":\"\(role)\"")
    static let chain = [request, approve, one, two, three]

    static let bedrock = line(
        "po", .productOwner, "request", "b",
        "\"platform\":\"bedrock\",\"model\":\"anthropic.claude-3-haiku-20240307-v1:0\",\"modelName\":\"Claude 3 Haiku\",\"vendor\":\"Anthropic\",\"account\":\"111122223333\",\"regions\":[\"us-east-1\",\"us-west-2\"],\"iamScope\":\"Inference Only\",\"workload\":\"triage\"")
    static let approveBedrock = line("lead", .finOpsLead, "approve", "b")

    static func step(_ number: Int, _ more: String = "") -> String {
        line("eng", .cloudEngineer, "complete", "b/1", "\"step\":\(number)" + (more.isEmpty ? "" : "," + more))
    }

    static func governance(_ lines: [String], _ registry: Registry = registry()) throws(RegistryFaults) -> Governance {
        try Governance(readDecisions(text(lines), file: "decisions.jsonl"), registry, file: "decisions.jsonl", registryFile: "registry.json")
    }

    /// What is wrong with lines of a file; empty where nothing is.
    static func faults(_ lines: [String], _ registry: Registry = registry()) -> [String] {
        do throws(RegistryFaults) {
            _ = try governance(lines, registry)
            return []
        } catch { return error.messages }
    }

    /// What is wrong with the last line as one that is decided now, the others standing.
    static func illegal(_ lines: [String], _ registry: Registry = registry()) -> [String] {
        do throws(RegistryFaults) {
            var governance = try governance(Array(lines.dropLast()), registry)
            guard let last = try readDecisions(text(lines), file: "decisions.jsonl").last else { return ["nothing"] }
            do throws(Governance.Illegal) {
                try governance.take(last)
                return []
            } catch { return ["decisions.jsonl:\(last.line): \(error.path): \(error.what)"] }
        } catch { return error.messages }
    }
}
