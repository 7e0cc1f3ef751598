/// JSON by RFC 8259, read by recursion into a tree: what the tape and the scanner of records must agree with.
public indirect enum ReferenceJSON: Equatable, Sendable {
    case object([Member])
    case array([ReferenceJSON])
    case string([UInt8])
    /// As it is written.
    case number([UInt8])
    case yes, no, null

    public struct Member: Equatable, Sendable {
        public var key: [UInt8]
        public var value: ReferenceJSON
        public init(_ key: [UInt8], _ value: ReferenceJSON) {
            self.key = key
            self.value = value
        }
    }

    public subscript(_ key: String) -> ReferenceJSON? {
        guard case .object(let members) = self else { return nil }
        return members.last { $0.key == Array(key.utf8) }?.value
    }

    public subscript(_ index: Int) -> ReferenceJSON? {
        guard case .array(let elements) = self, elements.indices.contains(index) else { return nil }
        return elements[index]
    }

    public var elements: [ReferenceJSON] { if case .array(let elements) = self { elements } else { [] } }
    public var members: [Member] { if case .object(let members) = self { members } else { [] } }
    public var text: String? { if case .string(let bytes) = self { String(decoding: bytes, as: UTF8.self) } else { nil } }

    /// The value that fills `text` but for white space; nil when it is no JSON, or nested deeper than `depth`.
    public static func read(_ text: [UInt8], depth: Int = 512) -> ReferenceJSON? {
        var parser = Parser(text: text, depth: depth)
        parser.space()
        guard let value = parser.value(0) else { return nil }
        parser.space()
        return parser.at == text.count ? value : nil
    }

    private struct Parser {
        let text: [UInt8]
        let depth: Int
        var at = 0

        var byte: UInt8? { at < text.count ? text[at] : nil }

        mutating func space() { while let byte, byte == 32 || byte == 9 || byte == 10 || byte == 13 { at += 1 } }

        mutating func take(_ wanted: String) -> Bool {
            guard text[at...].starts(with: wanted.utf8) else { return false }
            at += wanted.utf8.count
            return true
        }

        mutating func value(_ level: Int) -> ReferenceJSON? {
            if take("true") { return .yes }
            if take("false") { return .no }
            if take("null") { return .null }
            switch byte {
            case UInt8(ascii: "\""): return string().map { .string($0) }
            case UInt8(ascii: "["): return level < depth ? array(level) : nil
            case UInt8(ascii: "{"): return level < depth ? object(level) : nil
            default: return number()
            }
        }

        mutating func array(_ level: Int) -> ReferenceJSON? {
            at += 1
            space()
            if take("]") { return .array([]) }
            var elements: [ReferenceJSON] = []
            while true {
                space()
                guard let element = value(level + 1) else { return nil }
                elements.append(element)
                space()
                if take("]") { return .array(elements) }
                guard take(",") else { return nil }
            }
        }

        mutating func object(_ level: Int) -> ReferenceJSON? {
            at += 1
            space()
            if take("}") { return .object([]) }
            var members: [Member] = []
            while true {
                space()
                guard byte == UInt8(ascii: "\""), let key = string() else { return nil }
                space()
                guard take(":") else { return nil }
                space()
                guard let value = value(level + 1) else { return nil }
                members.append(Member(key, value))
                space()
                if take("}") { return .object(members) }
                guard take(",") else { return nil }
            }
        }

        mutating func number() -> ReferenceJSON? {
            let start = at
            func isDigit(_ byte: UInt8?) -> Bool { byte.map { (48...57).contains($0) } ?? false }
            _ = take("-")
            guard isDigit(byte) else { return nil }
            if !take("0") { while isDigit(byte) { at += 1 } }
            if take(".") {
                guard isDigit(byte) else { return nil }
                while isDigit(byte) { at += 1 }
            }
            if take("e") || take("E") {
                if !take("+") { _ = take("-") }
                guard isDigit(byte) else { return nil }
                while isDigit(byte) { at += 1 }
            }
            return .number(Array(text[start..<at]))
        }

        mutating func string() -> [UInt8]? {
            at += 1
            var units: [UInt16] = []
            var raw: [UInt8] = []
            /// The standard library judges UTF-8.
            func flush() -> Bool {
                guard let valid = String(validating: raw, as: UTF8.self) else { return false }
                units.append(contentsOf: valid.utf16)
                raw = []
                return true
            }
            while let next = byte {
                at += 1
                if next == UInt8(ascii: "\"") {
                    guard flush() else { return nil }
                    return Array(String(decoding: units, as: UTF16.self).utf8)
                }
                if next < 0x20 { return nil }
                guard next == UInt8(ascii: "\\") else {
                    raw.append(next)
                    continue
                }
                guard flush(), let kind = byte else { return nil }
                at += 1
                switch kind {
                case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): units.append(UInt16(kind))
                case UInt8(ascii: "b"): units.append(8)
                case UInt8(ascii: "f"): units.append(12)
                case UInt8(ascii: "n"): units.append(10)
                case UInt8(ascii: "r"): units.append(13)
                case UInt8(ascii: "t"): units.append(9)
                case UInt8(ascii: "u"):
                    guard at + 4 <= text.count else { return nil }
                    let digits = String(decoding: text[at..<at + 4], as: UTF8.self)
                    guard !digits.hasPrefix("+"), !digits.hasPrefix("-"), let unit = UInt16(digits, radix: 16) else { return nil }
                    units.append(unit)
                    at += 4
                default: return nil
                }
            }
            return nil
        }
    }

    // MARK: Writing

    /// Writes the value in one of its many spellings: white space and escapes where they may stand, as chance has it.
    public func written(_ random: inout SeededRandom) -> [UInt8] {
        var result: [UInt8] = []
        write(&result, &random)
        return result
    }

    private func write(_ out: inout [UInt8], _ random: inout SeededRandom) {
        func space(_ random: inout SeededRandom) {
            if random.once(in: 6) { out.append(contentsOf: random.bytes(of: [32, 10, 13, 9], upTo: 3)) }
        }
        switch self {
        case .yes: out.append(contentsOf: "true".utf8)
        case .no: out.append(contentsOf: "false".utf8)
        case .null: out.append(contentsOf: "null".utf8)
        case .number(let raw): out.append(contentsOf: raw)
        case .string(let bytes): ReferenceJSON.write(bytes, &out, &random)
        case .array(let elements):
            out.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { out.append(UInt8(ascii: ",")) }
                space(&random)
                element.write(&out, &random)
                space(&random)
            }
            if elements.isEmpty { space(&random) }
            out.append(UInt8(ascii: "]"))
        case .object(let members):
            out.append(UInt8(ascii: "{"))
            for (index, member) in members.enumerated() {
                if index > 0 { out.append(UInt8(ascii: ",")) }
                space(&random)
                ReferenceJSON.write(member.key, &out, &random)
                space(&random)
                out.append(UInt8(ascii: ":"))
                space(&random)
                member.value.write(&out, &random)
                space(&random)
            }
            if members.isEmpty { space(&random) }
            out.append(UInt8(ascii: "}"))
        }
    }

    /// A string literal; characters that may stand bare are escaped now and then.
    public static func write(_ bytes: [UInt8], _ out: inout [UInt8], _ random: inout SeededRandom) {
        out.append(UInt8(ascii: "\""))
        for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
            let mustEscape = scalar.value < 0x20 || scalar == "\"" || scalar == "\\"
            if scalar == "\"" || scalar == "\\", random.once(in: 2) {
                out.append(UInt8(ascii: "\\"))
                out.append(UInt8(scalar.value))
            } else if scalar == "\n", random.once(in: 2) {
                out.append(contentsOf: "\\n".utf8)
            } else if mustEscape || random.once(in: 12) {
                for unit in String(scalar).utf16 {
                    let digits = String(unit, radix: 16, uppercase: random.once(in: 2))
                    out.append(contentsOf: ("\\u" + String(repeating: "0", count: 4 - digits.count) + digits).utf8)
                }
            } else {
                out.append(contentsOf: String(scalar).utf8)
            }
        }
        out.append(UInt8(ascii: "\""))
    }

    /// A random value.
    public static func random(_ random: inout SeededRandom, depth: Int = 4) -> ReferenceJSON {
        switch random.int(0...(depth == 0 ? 5 : 8)) {
        case 0: .yes
        case 1: .no
        case 2: .null
        case 3: .number(Array(random.pick(["0", "-0", "12", "-3.50", "1e9", "2E-7", "0.1e+3", "123456789012345678901234567890"]).utf8))
        case 4, 5: .string(randomText(&random))
        case 6: .array((0..<random.int(0...4)).map { _ in ReferenceJSON.random(&random, depth: depth - 1) })
        default:
            .object((0..<random.int(0...4)).map { _ in Member(randomText(&random), ReferenceJSON.random(&random, depth: depth - 1)) })
        }
    }

    public static func randomText(_ random: inout SeededRandom) -> [UInt8] {
        let pieces = ["a", "Z", " ", "\"", "\\", "/", "\n", "\u{1}", "é", "€", "😀", "{", "}", "[", "]", ",", ":", "\\\\\\", "y", "_"]
        return (0..<random.int(0...8)).flatMap { _ in Array(random.pick(pieces).utf8) }
    }
}
