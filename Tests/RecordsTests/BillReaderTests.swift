import Testing
import TestSupport

@testable import Records

@Suite struct HeaderTests {
    @Test(arguments: [
        ("lineItem/UnblendedCost", "line_item_unblended_cost"), ("bill/BillingPeriodStartDate", "bill_billing_period_start_date"),
        ("lineItem/LineItemType", "line_item_line_item_type"), ("product/productFamily", "product_product_family"),
        ("product/ProductName", "product_product_name"), ("product/region", "product_region"),
        ("line_item_iam_principal", "line_item_iam_principal"), ("resource_tags", "resource_tags"), ("bill/InvoiceId", "bill_invoice_id"),
    ]) func legacyNamesInSnakeCase(written: String, snake: String) {
        #expect(snakeCase(written) == snake)
    }

    @Test func aLegacyBillIsRead() throws {
        let header =
            "lineItem/UsageAccountId,lineItem/LineItemType,lineItem/UsageStartDate,lineItem/UsageType,lineItem/UsageAmount,"
            + "lineItem/CurrencyCode,lineItem/UnblendedCost,product/ProductName,resourceTags/user:element1,resourceTags/user:Element1,"
            + "bill/BillingPeriodStartDate,lineItem/ResourceId,product/region"
        let row =
            "000011112222,Usage,2026-11-03T14:30:00Z,MP:ccu-Units,1.5,USD,0.015,Claude Platform,Insurance,no,2026-11-01T00:00:00Z,wrkspc_1,eu-west-1"
        for newline in ["\n", "\r\n"] {
            for mark in [[], [0xEF, 0xBB, 0xBF]] as [[UInt8]] {
                let bill = try ReadBill(mark + bytes(header + newline + newline + row))
                let item = try #require(bill.item)
                #expect(bill.rows.count == 1 && bill.platform == .claudePlatform)
                #expect(bill.text(item.usageAccount) == "000011112222" && bill.text(item.elements.first) == "Insurance")
                #expect(item.quantity.text == "1.5" && item.cost.text == "0.015" && bill.text(item.region) == "eu-west-1")
                // The end is missing: the full hour after the start.
                #expect(item.start.text == "2026-11-03T14:30:00Z" && item.end.text == "2026-11-03T15:00:00Z")
                #expect(bill.text(item.resourceID) == "wrkspc_1" && !item.hasPrincipalColumn)
            }
        }
    }

    @Test(arguments: [
        "line_item_line_item_type", "line_item_usage_type", "line_item_unblended_cost", "line_item_usage_amount",
        "line_item_usage_start_date", "line_item_usage_account_id", "line_item_currency_code",
    ]) func everyNeededColumnIsMissed(column: String) throws {
        let bill = try ReadBill(TinyBill(columns: TinyBill.usualColumns.filter { $0 != column }, [[:]]))
        #expect(bill.kinds == ["fault"])
        #expect(bill.fault?.what.contains("(CUR 2.0: \(column));") == true && bill.fault?.endsRun == true)
        #expect(bill.fault?.message().hasPrefix("\(bill.folder.path)/bill.csv:1: ") == true)
    }

    @Test func netCostNeedsItsColumn() throws {
        let without = TinyBill.usualColumns.filter { $0 != "line_item_net_unblended_cost" }
        #expect(try ReadBill.row([:], columns: without, costBasis: .net).fault?.what.contains("line_item_net_unblended_cost") == true)
        let filled = try ReadBill.row(["line_item_net_unblended_cost": "0.07"], costBasis: .net)
        #expect(filled.item?.cost.text == "0.07")
        #expect(
            try ReadBill.row(["line_item_net_unblended_cost": ""], costBasis: .net).fault?.what.hasPrefix(
                "line_item_net_unblended_cost is empty") == true)
        #expect(try ReadBill.row(["line_item_net_unblended_cost": "0.07"]).item?.cost.text == "0.1")
    }

    @Test func aFileWithoutHeaderIsAFault() throws {
        for content in [[], bytes("\n\r\n")] {
            let bill = try ReadBill(content)
            #expect(bill.kinds == ["fault"] && bill.fault?.what.contains("no header row") == true)
        }
        #expect(try ReadBill(bytes("\"a\"b,c\n")).fault?.what.contains("damaged quotes") == true)
    }
}

@Suite struct LineItemTests {
    // MARK: Platform

    @Test(
        arguments: [
            (["product_product_name": "CLAUDE PLATFORM (preview)"], "claude-platform"),
            (["product_product_name": "x", "line_item_usage_type": "USE1-mp:CCU-units"], "claude-platform"),
            (["product_product_name": "", "line_item_usage_type": "MP:ccu-Units-2"], "near-miss"),
            (["product_product_name": "Claude Sonnet 5 (Amazon Bedrock Edition)", "line_item_usage_type": "x"], "bedrock"),
            // The first rule that takes a row decides, so Bedrock goes before the usage type.
            (["product_product_name": "Claude (amazon bedrock edition)"], "bedrock"),
            (["product_product_name": "x", "line_item_usage_type": "x", "product_product_family": "AMAZON BEDROCK"], "bedrock"),
            (["product_product_name": "x", "line_item_usage_type": "x", "product_product_family": "Amazon Bedrock 2"], "near-miss"),
            (["product_product_name": "x", "line_item_usage_type": "x", "line_item_product_code": "amazonbedrockservice"], "bedrock"),
            (["product_product_name": "x", "line_item_usage_type": "x", "line_item_legal_entity": "Amazon"], "other"),
            (["product_product_name": "x", "line_item_usage_type": "x"], "near-miss"),
            (["product_product_name": "My Claude helper", "line_item_usage_type": "x", "line_item_legal_entity": ""], "near-miss"),
            (
                [
                    "product_product_name": "", "line_item_usage_type": "x", "line_item_legal_entity": "",
                    "line_item_line_item_description": "for claudE",
                ], "near-miss"
            ),
            (["product_product_name": "x", "line_item_usage_type": "x", "line_item_line_item_type": "Tax"], "candidate"),
            (["product_product_name": "x", "line_item_usage_type": "x", "line_item_line_item_type": "Fee"], "candidate"),
            (["product_product_name": "x", "line_item_usage_type": "x", "line_item_line_item_type": "tax"], "near-miss"),
            (["product_product_name": "x", "line_item_usage_type": "x", "line_item_line_item_type": "SavingsPlanNegation"], "near-miss"),
            (
                [
                    "product_product_name": "x", "line_item_usage_type": "x", "line_item_line_item_type": "Tax",
                    "line_item_product_code": "",
                ], "near-miss"
            ),
            (["bill_billing_period_start_date": "2026-10-01T00:00:00Z", "line_item_unblended_cost": "junk"], "other-period"),
            (["bill_billing_period_start_date": "", "line_item_usage_start_date": "2026-10-31T23:00:00Z"], "other-period"),
            (
                [
                    "bill_billing_period_start_date": "", "line_item_usage_start_date": "2026-11-30T23:59:59Z",
                    "line_item_usage_end_date": "",
                ], "claude-platform"
            ),
            (
                [
                    "product_product_name": "x", "line_item_usage_type": "x", "line_item_line_item_type": "Credit",
                    "bill_billing_period_start_date": "2026-12-01T00:00:00Z",
                ], "candidate-other-period"
            ),
            (
                [
                    "product_product_name": "x", "line_item_usage_type": "x", "line_item_line_item_type": "Refund",
                    "line_item_unblended_cost": "1,5",
                ], "candidate-fault"
            ),
            // What no rule takes is not looked at.
            (
                [
                    "product_product_name": "x", "line_item_usage_type": "x", "line_item_unblended_cost": "junk",
                    "line_item_usage_start_date": "never",
                ], "near-miss"
            ),
            // Usage of December on November's bill is November's.
            (
                ["line_item_usage_start_date": "2026-12-01T00:00:00Z", "line_item_usage_end_date": "2026-12-01T01:00:00Z"],
                "claude-platform"
            ),
        ] as [([String: String], String)]) func everyRowIsOneThing(cells: [String: String], kind: String) throws
    {
        #expect(try ReadBill.row(cells).kinds == [kind])
        // The same row in a file whose product columns are a map.
        var inMap = cells
        var product: [String] = []
        for (key, column) in [("product_name", "product_product_name"), ("product_family", "product_product_family")] {
            let value = cells[column] ?? TinyBill.usual[column] ?? ""
            if !value.isEmpty { product.append("\"\(key)\":\"\(value)\"") }
        }
        inMap["product"] = "{" + product.joined(separator: ",") + "}"
        #expect(try ReadBill.row(inMap, columns: mapColumns).kinds == [kind], "as a map")
    }

    @Test func aNearMissNamesTheTestThatWouldTakeIt() throws {
        let byName = try ReadBill.row(["product_product_name": "My Claude helper", "line_item_usage_type": "x"])
        #expect(byName.nearMiss?.column == .productName && byName.nearMiss?.comparison == .equals)
        #expect(byName.text(byName.nearMiss?.text) == "My Claude helper")
        let byEntity = try ReadBill.row(["product_product_name": "", "line_item_usage_type": "x"])
        #expect(byEntity.nearMiss?.column == .legalEntity && byEntity.nearMiss?.comparison == .contains)
        #expect(byEntity.text(byEntity.nearMiss?.text) == "anthropic")
        // A candidate may be a near miss too, should nothing adopt it.
        guard
            case .candidate(let candidate) = try ReadBill.row(
                ["product_product_name": "x", "line_item_usage_type": "x", "line_item_line_item_type": "Tax"]).first
        else {
            Issue.record("no candidate")
            return
        }
        #expect(candidate.nearMiss?.column == .legalEntity)
    }

    @Test func aProfileOfOnesOwnIsAsked() throws {
        let profile = PlatformProfile(rules: [
            .init(platform: .bedrock, any: [.init(.description, .startsWith, "LLM")]),
            .init(platform: .claudePlatform, any: [.init(.operation, .equals, "Invoke"), .init(.billingEntity, .endsWith, "X")]),
        ])
        for (cells, kind) in [
            (["line_item_line_item_description": "llm use"], "bedrock"), (["line_item_line_item_description": "an llm"], "near-miss"),
            (["line_item_operation": "invoke"], "claude-platform"), (["line_item_operation": "invoked"], "near-miss"),
            (["bill_billing_entity": "Marketx"], "claude-platform"), (["bill_billing_entity": "xMarket"], "near-miss"),
        ] {
            #expect(try ReadBill(TinyBill([cells]).text, profile: profile).kinds == [kind], "\(cells)")
        }
    }

    // MARK: Content

    @Test func textsAreKeptAsWritten() throws {
        let bill = try ReadBill.row([
            "line_item_legal_entity": "Anthropic, \"PBC\"\nDublin", "bill_invoice_id": " 42 ", "line_item_operation": "é",
            "line_item_usage_amount": "", "line_item_unblended_cost": "-1.0E-7",
        ])
        let item = try #require(bill.item)
        #expect(bill.text(item.legalEntity) == "Anthropic, \"PBC\"\nDublin" && bill.text(item.invoice) == " 42 ")
        #expect(bill.text(item.operation) == "é" && item.quantity == .zero && item.cost.text == "-0.0000001" && item.inexactAmounts == 0)
    }

    @Test func quantityIsOnlyReadOfUsage() throws {
        let tax = try ReadBill.row(["line_item_line_item_type": "Tax", "line_item_usage_amount": "many"])
        #expect(tax.item?.quantity == .zero && tax.item?.isUsage == false)
    }

    @Test func amountsBeyond18DecimalsAreCounted() throws {
        #expect(try ReadBill.row(["line_item_unblended_cost": "0.1234567890123456789"]).item?.inexactAmounts == 1)
        let both = try ReadBill.row(["line_item_unblended_cost": "0.1234567890123456789", "line_item_usage_amount": "1e-19"])
        #expect(both.item?.inexactAmounts == 2)
        #expect(both.item?.cost.text == "0.123456789012345679")
    }

    @Test func bedrockRowsHaveAPrincipalAndAModel() throws {
        let bedrock = [
            "line_item_usage_type": "USE1-MP:USE1_InputTokenCount-Units",
            "product_product_name": "Claude Sonnet 5 (Amazon Bedrock Edition)",
        ]
        let bill = try ReadBill.row(
            bedrock.merging(["line_item_iam_principal": "arn:aws:sts::111122223333:assumed-role/r/s", "line_item_resource_id": "x"]) { $1 })
        #expect(bill.text(bill.item?.principal) == "arn:aws:iam::111122223333:role/r" && bill.item?.hasPrincipalColumn == true)
        #expect(bill.text(bill.item?.model) == "Claude Sonnet 5" && bill.item?.resourceID == .empty)
        let other = try ReadBill.row(["line_item_product_code": "AmazonBedrock", "product_product_name": "Amazon Bedrock"])
        #expect(other.item?.model == .empty)
        let mapped = try ReadBill.row(
            ["product": #"{"product_name":"Claude 3 (Amazon Bedrock Edition)","model":"claude-3","region_code":"eu-west-1"}"#],
            columns: mapColumns)
        #expect(mapped.text(mapped.item?.model) == "claude-3" && mapped.text(mapped.item?.region) == "eu-west-1")
        // On the Claude Platform a principal column says nothing.
        #expect(try ReadBill.row(["line_item_iam_principal": "arn:aws:iam::111122223333:role/r"]).item?.principal == .empty)
    }

    @Test func everySpellingOfATagInItsOrder() throws {
        let spellings: [(column: String, value: String)] = [
            ("resourceTags/user:element1", "1"), ("resource_tags_user_element1", "2"), ("resource_tags", #"{"user_element1":"3"}"#),
            ("resource_tags", #"{"user:element1":"4"}"#), ("resource_tags", #"{"element1":"5"}"#),
            ("tags", #"{"resourceTags/user:element1":"6"}"#), ("tags", #"{"resourceTags/element1":"7"}"#),
        ]
        // Each alone, and of two always the earlier.
        for (first, spelling) in spellings.enumerated() {
            for second in first..<spellings.count {
                let other = spellings[second]
                var cells = [spelling.column: spelling.value]
                if other.column == spelling.column {
                    if second > first { cells[spelling.column] = String(other.value.dropLast()) + "," + spelling.value.dropFirst() }
                } else {
                    cells[other.column] = other.value
                }
                let columns = TinyBill.usualColumns.filter { !$0.hasPrefix("resource_tags") } + Array(Set([spelling.column, other.column]))
                let bill = try ReadBill.row(cells, columns: columns)
                #expect(bill.text(bill.item?.elements.first) == String(first + 1), "\(cells)")
            }
        }
        let empties = [
            "resourceTags/user:element1": "", "resource_tags_user_element1": "", "resource_tags": #"{"user_element1":"","element1":null}"#,
            "tags": #"{"resourceTags/element1":"last"}"#,
        ]
        let bill = try ReadBill.row(empties, columns: TinyBill.usualColumns + ["resourceTags/user:element1", "resource_tags", "tags"])
        #expect(bill.text(bill.item?.elements.first) == "last")
        // Keys are compared byte for byte.
        let cased = try ReadBill.row(["resource_tags": #"{"user_Element1":"no","ELEMENT1":"no"}"#], columns: mapColumns)
        #expect(cased.item?.elements.first == .empty)
    }

    @Test func workspaceTagsAreReadLikeElements() throws {
        let bill = try ReadBill.row(
            ["resource_tags": #"{"user_workspace":"a","workspace_id":"b","user_element2":"c\u0064"}"#], columns: mapColumns)
        #expect(bill.text(bill.item?.workspaceTag) == "a" && bill.text(bill.item?.workspaceIDTag) == "b")
        #expect(bill.text(bill.item?.elements.second) == "cd")
    }

    // MARK: Faults

    @Test(arguments: [
        (["line_item_unblended_cost": ""], "line_item_unblended_cost is empty"),
        (["line_item_unblended_cost": "1,5"], "line_item_unblended_cost is '1,5'"),
        (["line_item_unblended_cost": "1e16"], "beyond ±10^15"), (["line_item_usage_amount": "x"], "line_item_usage_amount is 'x'"),
        (["line_item_currency_code": ""], "line_item_currency_code is empty"),
        (["line_item_usage_start_date": ""], "line_item_usage_start_date is empty"),
        (["line_item_usage_start_date": "3.11.2026"], "line_item_usage_start_date is '3.11.2026'"),
        (["line_item_usage_end_date": "later"], "line_item_usage_end_date is 'later'"),
        (["line_item_usage_end_date": "2026-11-03T13:59:59Z"], "before the usage start 2026-11-03T14:00:00Z"),
        (["bill_billing_period_start_date": "November"], "bill_billing_period_start_date is 'November'"),
    ]) func wrongCellsOfAChargeAreNamed(cells: [String: String], what: String) throws {
        let bill = try ReadBill(TinyBill([["line_item_legal_entity": "two\nlines"], cells]))
        guard case .fault(let fault) = bill.rows.last else {
            Issue.record("no fault")
            return
        }
        #expect(fault.what.contains(what), "\(fault.what)")
        // Line 1 is the header, 2 and 3 the row before.
        #expect(
            fault.message().hasPrefix("\(bill.folder.path)/bill.csv:4: line_item_")
                || fault.message().hasPrefix("\(bill.folder.path)/bill.csv:4: bill_"))
    }

    @Test func columnsAreNamedAsTheFileDoes() throws {
        let bill = try ReadBill(
            bytes(
                "lineItem/UsageAccountId,lineItem/LineItemType,lineItem/UsageStartDate,lineItem/UsageType,lineItem/UsageAmount,lineItem/CurrencyCode,lineItem/UnblendedCost\n1,Usage,2026-11-01T00:00:00Z,MP:ccu-Units,1,USD,a\n"
            ))
        #expect(bill.fault?.what.hasPrefix("lineItem/UnblendedCost is 'a'") == true)
    }

    @Test func endAtTheStartIsNoFault() throws {
        #expect(try ReadBill.row(["line_item_usage_end_date": "2026-11-03T14:00:00Z"]).kinds == ["claude-platform"])
    }

    @Test func mapsThatAreNoObjectsAreFaultsOfCharges() throws {
        for map in ["[]", "{", "{\"a\":}", "x", "{} {}"] {
            for column in ["product", "resource_tags", "tags"] {
                let bill = try ReadBill.row([column: map], columns: mapColumns)
                #expect(bill.fault?.what.hasPrefix("\(column) is '") == true, "\(column) \(map)")
            }
            let foreign = try ReadBill.row(
                ["tags": map, "product": map, "line_item_usage_type": "x", "line_item_legal_entity": ""], columns: mapColumns)
            #expect(foreign.kinds == ["other"], "\(map)")
        }
        #expect(try ReadBill.row(["product": "", "tags": "  "], columns: mapColumns).kinds == ["claude-platform"])
    }

    @Test func textsOfAChargeMustBeUTF8() throws {
        // A byte that no other cell has stands in for the broken one.
        let broken = TinyBill([["line_item_operation": "#PERATION"]]).text.map { $0 == UInt8(ascii: "#") ? 0xFF : $0 }
        #expect(try ReadBill(broken).fault?.what.contains("line_item_operation is '\u{FFFD}PERATION', which is no UTF-8") == true)
    }

    @Test func damagedRowsAreFaultsWhateverTheyAre() throws {
        let good = TestSupport.text(TinyBill([[:]]).text)
        for (row, what) in [
            ("a,b\n", "has 2 cells, its header 28"), ("\"a\"b,c\n", "text behind a closing quote"),
            ("\"never closed,\n,,\n", "never closed"),
        ] {
            let bill = try ReadBill(bytes(good + row))
            #expect(bill.kinds == ["claude-platform", "fault"])
            guard case .fault(let fault) = bill.rows[1] else { continue }
            #expect(fault.what.contains(what))
            #expect(fault.message().contains("bill.csv:3: "))
        }
    }

    // MARK: Files

    @Test func theWindowDoesNotShow() throws {
        let rows = (0..<40).map {
            [
                "line_item_unblended_cost": "0.\($0)1", "line_item_operation": String(repeating: "x", count: $0 * 7),
                "line_item_legal_entity": "a\"\n,\($0)",
            ]
        }
        let text = TinyBill(rows).text
        func shownRows(_ bill: ReadBill) -> [String] {
            bill.rows.map { row in
                guard case .charge(_, let item) = row else { return "?" }
                return "\(item.cost.text) \(bill.names.text(item.operation)) \(bill.names.text(item.legalEntity))"
            }
        }
        let wanted = shownRows(try ReadBill(text))
        #expect(wanted.count == 40 && !wanted.contains("?"))
        for window in [1, 7, 64, 300, 5000] {
            let bill = try ReadBill(GzipWriter.gzip(text, members: 3), name: "bill.csv.gz", windowBytes: window)
            #expect(shownRows(bill) == wanted, "windows of \(window)")
            #expect(
                bill.facts?.contentCRC == GzipWriter.crc(text) && bill.facts?.contentBytes == text.count && bill.facts?.recordCount == 40)
        }
    }

    @Test func aCutFileGivesItsWholeRowsAndOneFault() throws {
        let text = TinyBill((0..<9).map { ["line_item_operation": "\($0 * 7919)"] }).text
        let gzip = GzipWriter.gzip(text)
        for cut in stride(from: 40, to: gzip.count, by: 11) {
            var kinds: [[String]] = []
            for window in [3, 100, 1 << 18] {
                let bill = try ReadBill(Array(gzip[..<cut]), name: "bill.csv.gz", windowBytes: window)
                #expect(bill.kinds.dropLast().allSatisfy { $0 == "claude-platform" } && bill.kinds.last == "fault")
                kinds.append(bill.kinds)
            }
            #expect(kinds[0] == kinds[2], "cut at \(cut)")
            #expect(kinds[1] == kinds[2], "cut at \(cut)")
        }
    }
}
