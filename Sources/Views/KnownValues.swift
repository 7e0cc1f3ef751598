import Published

/// The values that a filter may have in a run, read from its small files only when a filter is given.
enum KnownValues {
    /// Throws `unknownValue` for the first value that is nowhere in the run: a word mistyped, not a view without rows.
    static func check(_ filters: [Filter: [String]], _ run: PublishedRun) throws(ViewFault) {
        for filter in Filter.allCases where filter != .week {
            guard let values = filters[filter], !values.isEmpty else { continue }
            let known = try self.known(filter, run)
            for value in values where !known.contains(where: { Wanted([value], takesLastPart: filter.takesLastPart).holds(Array($0.utf8)) })
            {
                let short = filter.takesLastPart ? known.map(lastPart) : []
                throw .unknownValue("no \(filter.rawValue) '\(value)' in this run", value: value, known: Set(known).union(short).sorted())
            }
        }
    }

    private static func known(_ filter: Filter, _ run: PublishedRun) throws(ViewFault) -> Set<String> {
        switch filter {
        case .workload: try values(run, .cards, "card_id") { $0 == "workload" }
        case .owner: try values(run, .cards, "owner")
        case .currency: try values(run, .cards, "currency")
        case .workspace: try values(run, .cards, "card_id") { $0 == "workspace" }.union(values(run, .billLines, "workspace_arn"))
        case .principal: try values(run, .billLines, "agent")
        case .platform: try values(run, .billLines, "platform")
        case .gap: try values(run, .gaps, "gap")
        case .week: []
        }
    }

    /// What stands in a column; of the cards perhaps only in those of one type.
    private static func values(
        _ run: PublishedRun, _ file: PublishedRun.File, _ column: String, ofType isWanted: ((String) -> Bool)? = nil
    ) throws(ViewFault) -> Set<String> {
        var table = try PublishedTable.open(run.path(file))
        let place = try table.column(column)
        let type = isWanted == nil ? nil : try table.column("card_type")
        var found: Set<String> = []
        while try table.next() {
            if let type, let isWanted, !isWanted(table.string(type)) { continue }
            found.insert(table.string(place))
        }
        found.remove("")
        return found
    }
}
