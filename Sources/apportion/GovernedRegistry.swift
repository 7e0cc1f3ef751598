import Bytes
import Governance
import Records
import Registry

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A registry and the decisions that stand beside it, read for the commands that look at both.
struct GovernedRegistry {
    static let registryOption = OptionSpec(name: "--registry", value: .one("FILE"), help: "the registry (JSON)", isRequired: true, stream: .input)
    static let decisionsOption = OptionSpec(name: "--decisions", value: .one("FILE"), help: "the decisions (JSON Lines)", isRequired: true, stream: .input)
    static let asOfOption = OptionSpec(name: "--as-of", value: .one("TIME"), help: "what counts as today (default: now)")

    var registry: Registry
    var governance: Governance

    /// Why there is nothing to go on with.
    struct Unusable: Error {
        var messages: [String]
        var code: Int32
    }

    /// Reads both.
    init(_ arguments: Arguments) throws(Unusable) {
        let path = arguments.one("--registry") ?? ""
        registry = try GovernedRegistry.registry(path)
        if let log = arguments.one("--decisions") {
            governance = try GovernedRegistry.governance(registry, registryFile: inputName(path), log)
        } else {
            governance = Governance(registry, registryFile: inputName(path))
        }
    }

    static func registry(_ path: String) throws(Unusable) -> Registry {
        let text = try read(path, "--registry")
        do throws(RegistryFaults) { return try readRegistry(text, file: inputName(path)) } catch { throw Unusable(messages: error.messages, code: 65) }
    }

    static func governance(_ registry: Registry, registryFile: String, _ path: String) throws(Unusable) -> Governance {
        let text = try read(path, "--decisions")
        do throws(RegistryFaults) {
            return try Governance(readDecisions(text, file: inputName(path)), registry, file: inputName(path), registryFile: registryFile)
        } catch { throw Unusable(messages: error.messages, code: 65) }
    }

    static func read(_ path: String, _ option: String) throws(Unusable) -> [UInt8] {
        do throws(FileFault) { return try readSmallInput(path) } catch {
            throw Unusable(messages: ["\(inputName(path)): cannot be read: \(error.reason); check \(option)"], code: 66)
        }
    }

    /// A wrong command line, found where both were read already.
    static func usage(_ fault: UsageFault) -> Unusable { Unusable(messages: [fault.message], code: 64) }

    /// Tells why, and returns the exit code.
    static func exitCode(_ fault: Unusable) -> Int32 {
        for message in fault.messages { Output.fault(message) }
        return fault.code
    }

    /// The time that a command is told to take for now.
    static func now(_ arguments: Arguments, _ option: String) throws(UsageFault) -> Instant {
        try arguments.time(option) ?? now()
    }

    static func now() -> Instant { Instant(seconds: Int64(time(nil))) }
}
