import Foundation
import TestSupport
import Testing

/// One folder of `cases`: a command line that cannot end well, its exit code, and all that it says.
///
/// The case's files lie on those of `cases/_base`, a small month that is right: what the case has at the top (`cur`, `registry.json`)
/// takes the place of the base's.
struct ErrorCase: Sendable, CustomTestStringConvertible {
    let name: String
    let folder: String

    private static let cases = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/cases"
    private static let about: Set<String> = ["arguments.txt", "exit.txt", "input.txt", "note.txt", "recipe.txt", "stderr.txt"]

    static let all: [ErrorCase] = names(in: cases).filter { !$0.hasPrefix("_") }.map { ErrorCase(name: $0, folder: cases + "/" + $0) }

    static func named(_ name: String) -> ErrorCase { ErrorCase(name: name, folder: cases + "/" + name) }

    var testDescription: String { name }

    /// The words of the command line, one a line.
    var arguments: [String] { lines(of: folder + "/arguments.txt") }
    var exitCode: Int32 { Int32(text(of: folder + "/exit.txt").prefix { $0.isNumber }) ?? -1 }
    /// What standard input holds.
    var input: String {
        let path = folder + "/input.txt"
        return FileManager.default.fileExists(atPath: path) ? path : "/dev/null"
    }
    var errorsPath: String { folder + "/stderr.txt" }

    /// How many threads it is tried with: a case of 64 MiB once is enough.
    var threads: [Int] {
        let recipe = folder + "/recipe.txt"
        let isLarge = FileManager.default.fileExists(atPath: recipe) && text(of: recipe).contains("×67108900")
        return isLarge ? [2] : [1, 2, 7]
    }

    /// The same words with a number of threads, where that means something.
    func arguments(threads: Int) -> [String] {
        guard arguments.first == "attribute", !arguments.contains(where: { $0.hasPrefix("--threads") }) else { return arguments }
        return ["attribute", "--threads", String(threads)] + arguments.dropFirst()
    }

    /// Lays out the base and the case, and does what the recipe says.
    func lay(out place: TemporaryFolder) throws {
        let own = files(below: folder).filter { !Self.about.contains($0) }
        let tops = Set(own.compactMap { $0.split(separator: "/").first })
        let base = Self.cases + "/_base"
        for file in files(below: base) where !tops.contains(file.split(separator: "/")[0]) {
            place.write(file, bytes(of: base + "/" + file))
        }
        for file in own { place.write(file, bytes(of: folder + "/" + file)) }
        guard FileManager.default.fileExists(atPath: folder + "/recipe.txt") else { return }
        for line in lines(of: folder + "/recipe.txt") { try Recipe(line).make(in: place) }
    }
}

/// The lines of a file; the last line end ends a line and begins none.
func lines(of path: String) -> [String] {
    var all = text(of: path).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    if all.last == "" { all.removeLast() }
    return all
}

/// What cannot lie readable in a folder is made by a line of `recipe.txt`:
///
///     gzip FILE               FILE becomes FILE.gz
///     cut FILE N              the last N bytes go
///     flip FILE N             the Nth byte from the end is another
///     append FILE HEX         bytes come behind the end; 00×N for N zeros
///     replace FILE TEXT HEX   every TEXT becomes these bytes, HEX×N for N times
///     link PATH TARGET        PATH becomes a symbolic link
///     run WORDS…              the program runs before, and must end with 0
struct Recipe {
    private let words: [String]

    init(_ line: String) { words = line.split(separator: " ").map(String.init) }

    struct Unknown: Error {
        var line: [String]
    }

    func make(in place: TemporaryFolder) throws {
        func content(_ name: String) -> [UInt8] { bytes(of: place.path + "/" + name) }
        switch (words.first, words.count) {
        case ("gzip", 2):
            place.write(words[1] + ".gz", GzipWriter.gzip(content(words[1])))
            try FileManager.default.removeItem(atPath: place.path + "/" + words[1])
        case ("cut", 3): place.write(words[1], content(words[1]).dropLast(Int(words[2]) ?? 0))
        case ("flip", 3):
            var changed = content(words[1])
            changed[changed.count - (Int(words[2]) ?? 1)] ^= 0x5A
            place.write(words[1], changed)
        case ("append", 3): place.write(words[1], content(words[1]) + Self.hex(words[2]))
        case ("replace", 4):
            let pieces = Self.split(content(words[1]), by: Array(words[2].utf8))
            let between = Self.hex(words[3])
            var changed = Array(pieces[0])
            for piece in pieces.dropFirst() {
                changed.append(contentsOf: between)
                changed.append(contentsOf: piece)
            }
            place.write(words[1], changed)
        case ("link", 3):
            try FileManager.default.createSymbolicLink(atPath: place.path + "/" + words[1], withDestinationPath: words[2])
        case ("run", _):
            let outcome = Program.run(Array(words.dropFirst()), in: place.path)
            try #require(outcome.code == 0, "\(outcome.errors)")
        default: throw Unknown(line: words)
        }
    }

    /// `0aff` and `20×3`.
    private static func hex(_ text: String) -> [UInt8] {
        let parts = text.split(separator: "×")
        let digits = Array(parts[0].utf8)
        let once = stride(from: 0, to: digits.count - 1, by: 2).compactMap { at in
            UInt8(String(decoding: digits[at..<at + 2], as: UTF8.self), radix: 16)
        }
        let count = parts.count > 1 ? Int(parts[1]) ?? 1 : 1
        return once.count == 1 ? Array(repeating: once[0], count: count) : Array(repeatElement(once, count: count).joined())
    }

    private static func split(_ content: [UInt8], by part: [UInt8]) -> [ArraySlice<UInt8>] {
        var pieces: [ArraySlice<UInt8>] = []
        var start = 0
        var at = 0
        while at + part.count <= content.count {
            if content[at..<at + part.count].elementsEqual(part) {
                pieces.append(content[start..<at])
                at += part.count
                start = at
            } else {
                at += 1
            }
        }
        return pieces + [content[start...]]
    }
}
