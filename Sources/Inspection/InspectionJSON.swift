import Records
import Reports

extension Inspection {
    /// Everything that was found, for programs; money as strings, lists in a fixed order.
    public func json() -> JSONText {
        .object([
            ("period", period.map { .string($0.text) } ?? .null),
            ("periods", .array(periods.map { .string($0.text) })),
            ("findings", .array(findings.map(json))),
            ("deliveries", .array(input.deliveries.map(json))),
            ("bill", billJSON()),
            ("trail", trailJSON()),
            ("usage_log", usageLogJSON()),
            ("workspaces", .array(workspaces.map(json))),
            ("callers", .array(callers.map(json))),
            ("other_files", .object([
                ("loose_bills", .array(input.looseBills.map { .string($0.path) })), ("registries", .array(input.registries.map { .string($0) })),
                ("unlisted", .array(input.unlisted.map { .string($0) })), ("unknown", .array(input.unknown.map { .string($0) })), ("digests_and_insights", .number(input.otherTrailFiles)),
            ])),
        ])
    }

    private func json(_ finding: Finding) -> JSONText {
        .object([
            ("kind", .string(finding.kind.rawValue)), ("severity", .string(finding.severity.rawValue)), ("what", .string(finding.what)),
            ("follows", .string(finding.follows)), ("remedy", .string(finding.remedy)),
        ])
    }

    private func json(_ delivery: Delivery) -> JSONText {
        let state = switch delivery.state {
        case .newest: "newest"
        case .replaced: "replaced"
        case .ambiguous: "ambiguous"
        }
        return .object([
            ("name", .string(delivery.name)), ("kind", .string(delivery.kind)), ("place", .string(delivery.place)),
            ("manifest", .string(delivery.manifest)), ("period", .string(delivery.period.text)), ("state", .string(state)),
            ("files", .array(delivery.files.map { .string($0) })), ("missing", .array(delivery.missing.map { .string($0) })),
        ])
    }

    private func billJSON() -> JSONText {
        .object([
            ("rows", .object([
                ("read", .number(bill.rows.read)), ("charges", .number(bill.rows.charges)), ("other_service", .number(bill.rows.otherService)),
                ("other_period", .number(bill.rows.otherPeriod)), ("rejected", .number(bill.rows.rejected)),
                ("near_miss", .number(bill.rows.nearMiss)), ("price_mismatch", .number(bill.rows.priceMismatch)),
            ])),
            ("data_through", bill.dataThrough.map { .string($0.text) } ?? .null),
            ("charges", .array(bill.charges.map { cell in
                .object([
                    ("platform", .string(cell.platform)), ("line_item_type", .string(cell.lineItemType)), ("currency", .string(cell.currency)),
                    ("rows", .number(cell.rows)), ("cost", cell.cost.map { .string($0.text) } ?? .null),
                ])
            })),
            ("other_services", .array(bill.otherServices.map { .object([("currency", .string($0.currency)), ("cost", .string($0.cost.text))]) })),
            ("evidence", .array(bill.coverage.map { entry in
                .object([("currency", .string(entry.currency)), ("share", entry.share.map { .string($0) } ?? .null)])
            })),
            ("near_misses", .array(bill.nearMisses.map { miss in
                .object([
                    ("column", .string(miss.column)), ("comparison", .string(miss.comparison)), ("text", .string(miss.text)),
                    ("rows", .number(miss.rows)),
                ])
            })),
        ])
    }

    private func trailJSON() -> JSONText {
        .object([
            ("files", .number(trail.files)), ("records", .number(trail.events.read)), ("evidence", .number(trail.events.evidence)),
            ("places", .array(trail.places.map { place in
                .object([
                    ("account", .string(place.account)), ("region", .string(place.region)), ("records", .number(place.records)),
                    ("first_day", .string(dateText(dayNumber: place.firstDay))), ("last_day", .string(dateText(dayNumber: place.lastDay))),
                    ("missing_days", .array(place.missingDays.map { .string(dateText(dayNumber: $0)) })),
                ])
            })),
            ("events", .array(trail.kinds.map { kind in
                .object([
                    ("source", .string(kind.source)), ("event", .string(kind.event)), ("category", .string(kind.category)),
                    ("records", .number(kind.records)),
                ])
            })),
        ])
    }

    private func usageLogJSON() -> JSONText {
        .object([
            ("files", .number(usageLog.files)), ("records", .number(usageLog.counts.read)), ("joined", .number(usageLog.counts.joined)),
            ("unmatched", .number(usageLog.counts.unmatched)),
            ("workspaces", .array(usageLog.workspaces.map { .object([("workspace", .string($0.workspace)), ("records", .number($0.records))]) })),
        ])
    }

    private func costs(_ costs: [(currency: String, cost: Amount)]) -> JSONText { .object(costs.map { ($0.currency, .string($0.cost.text)) }) }

    private func json(_ workspace: WorkspacePicture) -> JSONText {
        .object([
            ("arn", .string(workspace.arn)), ("cost", costs(workspace.costs)), ("calls", .number(workspace.calls)),
            ("elements", .array(workspace.elements.map { .string($0) })),
        ])
    }

    private func json(_ caller: CallerPicture) -> JSONText {
        .object([
            ("principal", .string(caller.principal)), ("account", .string(caller.account)), ("cost", costs(caller.costs)),
            ("calls", .number(caller.calls)), ("api_key_calls", .number(caller.apiKeyCalls)), ("shared", .bool(caller.isShared)),
            ("workspaces", .array(caller.workspaces.map { .string($0) })),
        ])
    }
}
