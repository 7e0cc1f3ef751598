import Bytes

/// The fingerprint of a run: the SHA-256 of texts, which are kept apart by their length.
struct Fingerprint {
    private var hash = SHA256()

    mutating func add(_ text: [UInt8]) {
        hash.update(Array("\(text.count):".utf8))
        hash.update(text)
    }

    mutating func add(_ text: String) { add(Array(text.utf8)) }

    /// 64 hexadecimal digits.
    func hex() -> String { hash.hex() }
}
