import Published

/// Gathers what is written into pieces that are worth handing on, and notices when nobody reads them any more.
struct PieceWriter {
    var bytes: [UInt8] = []
    private let sink: ByteSink
    private static let pieceBytes = 128 << 10

    init(_ sink: @escaping ByteSink) { self.sink = sink }

    /// Hands on what has become large enough; false when no more is wanted. Called where a line ends.
    mutating func passOn() throws(ViewFault) -> Bool { bytes.count < PieceWriter.pieceBytes ? true : try end() }

    /// Hands on what is left.
    @discardableResult
    mutating func end() throws(ViewFault) -> Bool {
        let goesOn = bytes.isEmpty ? true : try sink(bytes)
        bytes.removeAll(keepingCapacity: true)
        return goesOn
    }
}

extension PublishedTable {
    /// Writes the header and the rows for which `isChosen` holds, as they stand in the file.
    mutating func writeCSV(
        to sink: @escaping ByteSink, where isChosen: (borrowing PublishedTable) throws(ViewFault) -> Bool
    ) throws(ViewFault) {
        var writer = PieceWriter(sink)
        writer.bytes = rawHeader + [0x0A]
        while try next() {
            guard try isChosen(self) else { continue }
            appendRaw(to: &writer.bytes)
            guard try writer.passOn() else { return }
        }
        try writer.end()
    }

    /// Writes the same rows as a list of objects: every cell as text, but for `calls`, which is a count.
    mutating func writeJSON(
        to sink: @escaping ByteSink, where isChosen: (borrowing PublishedTable) throws(ViewFault) -> Bool
    ) throws(ViewFault) {
        var writer = PieceWriter(sink)
        var list = JSONList()
        let keys = header.map { name in
            var key: [UInt8] = Array("    ".utf8)
            JSONList.appendString(Array(name.utf8), to: &key)
            return key + Array(": ".utf8)
        }
        let calls = header.firstIndex(of: "calls")
        while try next() {
            guard try isChosen(self) else { continue }
            list.separate(&writer.bytes)
            writer.bytes.append(contentsOf: "{\n".utf8)
            for column in keys.indices {
                writer.bytes.append(contentsOf: keys[column])
                let text = text(column)
                if column == calls, !text.isEmpty, text.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) {
                    writer.bytes.append(contentsOf: text)
                } else {
                    JSONList.appendString(text, to: &writer.bytes)
                }
                if column < keys.count - 1 { writer.bytes.append(UInt8(ascii: ",")) }
                writer.bytes.append(0x0A)
            }
            writer.bytes.append(contentsOf: "  }".utf8)
            guard try writer.passOn() else { return }
        }
        list.close(&writer.bytes)
        try writer.end()
    }
}

extension PublishedJSON {
    /// Writes elements of the list `key` as a list of its own.
    func write(
        _ key: StaticString, to sink: @escaping ByteSink, where isChosen: (_ place: Int, _ node: Int) throws(ViewFault) -> Bool
    ) throws(ViewFault) {
        var writer = PieceWriter(sink)
        var list = JSONList()
        for (place, node) in try elements(key, of: root).enumerated() where try isChosen(place, node) {
            list.separate(&writer.bytes)
            appendRaw(node, movedLeft: 2, to: &writer.bytes)
            guard try writer.passOn() else { return }
        }
        list.close(&writer.bytes)
        try writer.end()
    }
}
