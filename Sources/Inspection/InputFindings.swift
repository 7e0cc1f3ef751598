import Records

/// What the set of files says: deliveries, formats, what is missing.
struct InputFindings {
    private(set) var findings: [Finding] = []
    private let inspection: Inspection
    private let options: InspectionOptions

    init(_ inspection: Inspection, _ options: InspectionOptions) {
        self.inspection = inspection
        self.options = options
        bills()
        deliveries()
        logs()
    }

    private mutating func bills() {
        let input = inspection.input
        for delivery in input.deliveries where delivery.wrongFormat != nil && isOfPeriod(delivery) {
            findings.append(wrongFormat("\(delivery.manifest) lists \(delivery.files.first ?? delivery.missing.first ?? "files") and others of this kind.", delivery.wrongFormat))
        }
        for entry in input.wrongFormats.prefix(1) {
            findings.append(wrongFormat("\(counted(input.wrongFormats.count, "data file", "data files")) without a manifest, such as \(entry.path).", entry.setting))
        }
        if input.deliveries.isEmpty && input.looseBills.isEmpty && input.wrongFormats.isEmpty {
            findings.append(
                Finding(
                    .problem, .noBill, "There is no Cost and Usage Report here: neither a manifest nor a CSV file.",
                    follows: "Nothing can be attributed.", remedy: "Sync the export's folder with its manifest; docs/howto/sync.md says how."))
        }
        if !input.looseBills.isEmpty {
            findings.append(
                Finding(
                    .notice, .noManifest, "\(counted(input.looseBills.count, "CSV file", "CSV files")) without a manifest, such as \(input.looseBills[0].path).",
                    follows: "All of them are read and added up: two deliveries of one month would count twice.",
                    remedy: "Sync the export's whole folder, or make sure that the files are one delivery."))
        }
        if !input.unlisted.isEmpty {
            findings.append(
                Finding(
                    .notice, .unlistedFile,
                    "\(counted(input.unlisted.count, "data file lies", "data files lie")) beside manifests, but none lists \(input.unlisted.count == 1 ? "it" : "them"): \(listed(input.unlisted, most: 3)).",
                    follows: "What no manifest lists is not read, here or by a run.",
                    remedy: "If it belongs, sync its manifest; else remove it: it is an old delivery's, or half of a new one."))
        }
        for fault in input.faults {
            findings.append(
                Finding(.problem, .unusableFile, fault + ".", follows: "What it holds is not read.", remedy: "Fetch it again, or look at its name and rights."))
        }
        for what in input.ambiguities {
            findings.append(
                Finding(
                    .problem, .ambiguousDelivery, what + ".",
                    follows: "Each restates the whole month, so reading both would count every dollar twice; a run refuses.",
                    remedy: "The manifest that lies in the period's own folder says which delivery is the newest."))
        }
    }

    private func wrongFormat(_ what: String, _ setting: String?) -> Finding {
        Finding(.problem, .wrongFormat, what, follows: "Nothing of it can be read.", remedy: setting ?? "")
    }

    private func isOfPeriod(_ delivery: Delivery) -> Bool { inspection.period.map { delivery.period == $0 } ?? true }

    private mutating func deliveries() {
        for delivery in inspection.input.deliveries where delivery.state == .newest && !delivery.missing.isEmpty && delivery.wrongFormat == nil {
            findings.append(
                Finding(
                    .problem, .missingFile,
                    "\(delivery.name), \(delivery.period.text): \(delivery.missing.count) of \(delivery.files.count + delivery.missing.count) files that \(delivery.manifest) lists \(delivery.missing.count == 1 ? "is" : "are") not there: \(listed(delivery.missing, most: 3)).",
                    follows: "A run refuses this month, since its total would be too small; the figures below lack these files.",
                    remedy: "Sync the folder again; nothing else is lost."))
        }
        let hasBill = !inspection.input.deliveries.isEmpty || !inspection.input.looseBills.isEmpty
        guard let period = inspection.period, hasBill, !inspection.periods.contains(period) else { return }
        findings.append(
            Finding(
                .problem, .noSuchMonth, "There is no bill for \(period.text)\(inspection.periods.isEmpty ? "" : "; there \(inspection.periods.count == 1 ? "is" : "are") \(listed(inspection.periods.map(\.text), most: 12))").",
                follows: "A run of this month has nothing to read.", remedy: "Sync that month, or look at another with --period."))
    }

    private mutating func logs() {
        if inspection.input.trailFiles.isEmpty {
            findings.append(
                Finding(
                    .problem, .noTrail, "There are no CloudTrail logs here\(inspection.input.otherTrailFiles > 0 ? ", only digests or insights" : "").",
                    follows: "Claude Platform money can follow workspaces and tags, but nobody can be said to have spent it.",
                    remedy: "Enable data events (docs/howto/enable-data-events.md) and sync the trail's folder."))
        }
        for registry in inspection.input.registries {
            findings.append(
                Finding(
                    .notice, .registryFound, "\(registry) looks like a registry.", follows: "It is not read here unless you name it.",
                    remedy: "Give it with --registry, to this command and to attribute."))
        }
    }
}
