"""Random bills: rows, their spelling as legacy CUR or CUR 2.0, manifests, chunks, faults (inputs.md sections 1 and 5)."""
import gzip
import io
import json
import os

import money
from bill import ADOPTABLE
from world_values import PAYERS, AMOUNTS, PLATFORM_CODE, BEDROCK_CODE, WORKSPACES


class BillMaker(object):
    def interval(self):
        """(start, end or None) of a row: the hot hours, whole days, the month, odd cuts, and what crosses the month's ends."""
        r, H, D = self.r, money.HOUR, money.DAY
        hour = self.first + r.choice(self.days) * D + r.randrange(self.hours) * H
        form = min(r.randrange(23), 19)
        if form < 10:
            return hour, hour + H
        return {10: (self.first, self.first + D), 11: (self.first + D, self.first + 2 * D), 12: (self.first, self.following),
                13: (hour + 600, hour + 3000), 14: (hour, hour + 2 * H - 1), 15: (hour, None), 16: (hour + 1800, None),
                17: (self.following - 2 * H, self.following - r.choice([0, H])), 18: (self.first + 5 * H, self.first + 35 * H),
                19: r.choice([(self.first - 2 * D, self.first + 3 * D), (self.following - 3 * D, self.following + 2 * D),
                              (self.first - 5 * H, self.first - 4 * H), (self.following, self.following + H),
                              (self.following + 30 * H, self.following + 80 * H), (self.first - 4 * D, self.first - D), (self.first, self.first + D - 1), (hour, hour),
                              (hour + 60, hour + 60), (self.first, self.following - 1), (hour, hour + 25 * H)])}[form]

    def row(self, payer):
        """One bill row by neutral names."""
        r = self.r
        account = r.choice(self.accounts)
        start, end = self.interval()
        kind = r.choice(["Usage"] * 12 + ["Tax", "Tax", "Credit", "Refund", "Fee", "EdpDiscount", "DiscountedUsage", ""])
        row = dict(payer=payer, account=account, line_item_type=kind, start=self.time(start), end=self.time(end) if end else "",
                   currency=r.choice(["USD", "USD", "USD", "EUR"]), invoice_id=r.choice(self.invoices),
                   billing_entity=r.choice(["AWS Marketplace", "AWS"]), legal_entity=r.choice(["Anthropic, PBC", "Amazon Web Services, Inc."]),
                   billing_period=self.time(self.first), product_code=PLATFORM_CODE, operation=r.choice(["", "", "op"]),
                   region=r.choice(["", "", "us-east-1", "eu-west-1"]), resource_id="", usage_type=r.choice(["MP:ccu-Units", "USE1-mp:CCU-units", "x"]),
                   product_name="Claude Platform on AWS", product_family="", description="CCU usage", principal="", model="",
                   tags={k: v for k, v in zip(("element1", "element2", "element3", "element4"), self.tags() if self.chance(45) else [""] * 4) if v})
        place = r.randrange(10)
        if place < 7 and not self.chance(self.untold):
            row["resource_id"] = r.choice(self.places)
        elif place == 5:
            row["resource_id"] = r.choice(["wrkspc_01", "wrkspc_02", "wrkspc_03", "wrkspc_99", "i-0abc"])
        elif place == 6:
            for key in ("workspace", "workspace_id"):
                if self.chance(60):
                    row["tags"][key] = r.choice(["claims", "fraud", "two", "wrkspc_01", "wrkspc_03", "nobody", r.choice(WORKSPACES)])
        quantity = r.choice(AMOUNTS)
        row["quantity"] = "" if self.chance(4) else quantity
        row["cost"] = r.choice(AMOUNTS)
        if kind == "Usage" and self.chance(60):
            cost = money.decimal(quantity) / 100
            off = r.choice([0, 0, 0, 10 ** 12, 10 ** 12 + 1, -10 ** 12])
            row["cost"] = money.plain(round(cost * money.ATTO) + off)
            if off == 0 and self.chance(15):
                row["cost"] = r.choice(AMOUNTS)
        elif kind != "Usage" and self.chance(30):
            row["quantity"] = "n/a"  # not looked at
        what = r.randrange(20)
        if what in (0, 1, 2):
            self.make_bedrock(row)
        elif what == 3:
            row.update(product_name="", usage_type="MP:ccu-Units")
        elif what == 4:
            row.update(product_name=r.choice(["AWS Lambda", "Claude for Work", ""]), usage_type="z", product_code="lambda",
                       description=r.choice(["a \"claude\" call", "x\ny", "plain, text"]))
            if "profile" not in self.registry and kind not in ADOPTABLE:
                row["cost"] = r.choice(["1", "no number"])  # not looked at: no rule takes it, none can adopt it
        elif what == 5:
            row.update(billing_period=r.choice([self.time(self.first - 86400), "", self.time(self.following)]))
            if row["billing_period"] and self.chance(50):
                row["cost"] = "not looked at"
        elif what in (6, 7) and kind != "Usage":
            # adopted by its product code, or not
            row.update(product_name="", usage_type="", description="tax", product_code=r.choice([PLATFORM_CODE, BEDROCK_CODE, "lambda", ""]),
                       line_item_type=r.choice(["Tax", "Credit", "Refund", "Fee"]), payer=payer if self.chance(80) else "000000000000")
            if self.chance(20):
                row["billing_period"] = self.time(self.first - 86400)
        return row

    def make_bedrock(self, row):
        r = self.r
        row.update(product_code=r.choice([BEDROCK_CODE, BEDROCK_CODE, "AmazonBedrock", PLATFORM_CODE]), operation=r.choice(["", "InvokeModel"]),
                   usage_type=r.choice(["USE1-MP:USE1_InputTokenCount-Units", "USE1-MP:USE1_OutputTokenCount-Units", "cache-read_input",
                                        "USE1_CacheWrite1hInputTokenCount", "Cache_Write-InputToken", "provisioned"]),
                   product_name=r.choice(["Claude Sonnet 4.6 (Amazon Bedrock Edition)", "Claude (amazon bedrock edition)", "Amazon Bedrock", ""]),
                   product_family=r.choice(["", "Amazon Bedrock", "amazon bedrock"]), model=r.choice(["", "Claude Haiku 4.5"]),
                   principal=r.choice(["", "arn:aws:sts::111122223333:assumed-role/agent-a/s1", "arn:aws:iam::111122223333:role/p/agent-a",
                                       "arn:aws:iam::111122223333:user/alice", "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Ops_0a1b/z",
                                       "arn:aws:iam::111122223333:root"]))

    def time(self, seconds):
        text = money.time_text(seconds)
        return self.r.choice([text, text, text[:-1] + ".000Z", text[:-1].replace("T", " "), text[:-1].replace("T", " ") + ".000",
                              text[:-1].replace("T", " ") + "+00:00"])

    def make_bill(self):
        r = self.r
        self.invoices = ["I-1"] if self.chance(12) else ["", "", "I-1", "I-2"]
        sources, together = [(PAYERS[0], "acme")], self.chance(50)
        if self.fault == "same payer":
            sources.append((PAYERS[0], "beta"))
        elif self.chance(35):
            sources.append((PAYERS[1], "beta"))
        elif self.chance(15):
            # the same payer twice, and --report picks
            sources.append((PAYERS[0], "beta"))
            self.arguments += ["--report", r.choice(["acme", "beta"])]
            together = True
        paths = []
        for number, (payer, name) in enumerate(sources):
            rows = []
            for _ in range(0 if self.chance(3) and not self.fault else r.choice([1, 2] if self.dense else [2, 4, 8, 14, 25])):
                row = self.row(payer)
                rows += [row] * (2 if self.chance(10) else 1)
                if self.chance(25):
                    # a sibling that differs in little, so that groups, pools and ledger rows meet
                    sibling = dict(row, tags=dict(row["tags"]))
                    field, values = r.choice([("usage_type", ["MP:ccu-Units", "y-MP:ccu-Units"]), ("invoice_id", ["", "I-1"]),
                                              ("currency", ["USD", "EUR"]), ("operation", ["", "op"]), ("legal_entity", ["Anthropic, PBC", ""]),
                                              ("line_item_type", ["Usage", "Tax", "Credit"])])
                    sibling[field] = r.choice(values)
                    if sibling["quantity"] == "n/a":
                        sibling["quantity"] = "1"
                    if not row["cost"][-1:].isdigit():
                        row["cost"] = sibling["cost"] = "1"
                    if self.chance(40):
                        sibling["tags"] = {"element1": r.choice(["Ins", "Ops"])}
                    sibling["cost"] = r.choice(AMOUNTS) if sibling["line_item_type"] != "Usage" or row["cost"] in AMOUNTS else row["cost"]
                    rows.append(sibling)
            if self.dense and number == 0:
                hour = self.first + self.days[0] * money.DAY
                rows.append(dict(self.row(payer), line_item_type="Usage", start=self.time(hour), end=self.time(hour + r.choice([1, 2]) * money.HOUR),
                                 product_name="Claude Platform on AWS", product_family="", usage_type="MP:ccu-Units", product_code=PLATFORM_CODE,
                                 resource_id=self.places[0], billing_period=self.time(self.first), quantity="7",
                                 cost=r.choice(["0.07", "11.22", "11.22"])))  # 11.22 in twentieths has exact 102 and 110 %
            r.shuffle(rows)
            base = "bill" if together else "bill%d" % number
            kind = r.choice(["legacy", "export"] if together else ["legacy", "export", "loose"])
            self.write_source(base, name, kind, rows, number == 0)
            if base not in paths:
                paths.append(base)
        r.shuffle(paths)
        self.arguments += ["--cur"] + paths

    def write_source(self, base, name, kind, rows, may_fault):
        r, days = self.r, money.date_text(self.first).replace("-", "") + "-" + money.date_text(self.following).replace("-", "")
        chunks = [rows[i::3] for i in range(3)] if self.chance(40) else [rows]
        legacy = kind == "legacy" or (kind == "loose" and self.chance(50))
        names, keys = [], []
        for i, chunk in enumerate(chunks, 1):
            gz = self.chance(75)
            end = ".csv.gz" if gz else ".csv"
            if kind == "legacy":
                path = "acme-root/%s/%s/20261123T010000Z/%s-%d%s" % (name, days, name, i, end)
            elif kind == "export":
                path = "acme-root/%s/data/BILLING_PERIOD=%s/%s-%05d%s" % (name, self.period, name, i, end)
            else:
                path = "%s-%d%s" % (name, i, end)
            names.append(base + "/" + path)
            keys.append(path)
            text = self.render(chunk, legacy, may_fault and i == 1)
            self.write_chunk(base + "/" + path, text, gz, may_fault and i == 1)
        if self.fault == "missing chunk" and may_fault and kind != "loose":
            os.remove(os.path.join(self.folder, names[-1]))
        if kind == "legacy":
            start = money.date_text(self.first).replace("-", "") + "T000000.000Z"
            manifest = {"assemblyId": "20261123T010000Z", "reportName": name, "billingPeriod": {"start": start, "end": start}, "bucket": "acme",
                        "reportKeys": keys, "additionalArtifactKeys": ["x", {"artifactType": "TABLE", "name": "x.sql"}]}
            text = json.dumps(manifest).encode()
            folder = "%s/acme-root/%s/%s" % (base, name, days)
            form = r.randrange(3)
            if form != 1:
                self.write("%s/%s-Manifest.json" % (folder, name), text)
            if form != 0:
                self.write("%s/20261123T010000Z/%s-Manifest.json" % (folder, name), text)
            self.write("%s/%s-RedshiftManifest.json" % (folder, name), b"{\"entries\": []}")
            if self.chance(40):
                # a stale assembly that must not be read
                stale = "acme-root/%s/%s/20261101T000000Z/%s-1.csv" % (name, days, name)
                self.write(base + "/" + stale, b"broken,\"")
                self.write("%s/20261101T000000Z/%s-Manifest.json" % (folder, name), json.dumps(dict(manifest, reportKeys=[stale])).encode())
        elif kind == "export":
            form = r.randrange(3)
            listed = [k if form == 0 else "s3://acme-billing/" + k if form == 1 else {"key": k} for k in keys]
            self.write("%s/acme-root/%s/metadata/BILLING_PERIOD=%s/%s-Manifest.json" % (base, name, self.period, name),
                       json.dumps({"exportName": name, "dataFiles": listed}).encode())
            self.write("%s/acme-root/%s/data/BILLING_PERIOD=2020-01/%s-00001.csv" % (base, name, name), b"not,read\n\"")

    def write_chunk(self, path, text, gz, may_fault):
        data = text
        if gz:
            cut = self.r.randrange(len(text) + 1) if self.chance(30) else 0
            data = b"".join(gzip.compress(part, mtime=0) for part in ((text[:cut], text[cut:]) if cut else (text,)))
            if self.chance(10):
                data += b"\0" * 512
            if may_fault and self.fault == "cut bill":
                whole = gzip.compress(text, mtime=0)
                data = whole[:len(whole) - self.r.choice([1, 8, 30])]
            if may_fault and self.fault == "crc":
                whole = bytearray(gzip.compress(text, mtime=0))
                whole[-6] ^= 1
                data = bytes(whole)
        self.write(path, data)

    def render(self, rows, legacy, may_fault):
        """CSV text of rows as a legacy report or an export, columns in any order, with whatever spelling."""
        r = self.r
        spelling = r.randrange(5)
        rendered = [self.legacy_cells(row, spelling) if legacy else self.export_cells(row, spelling) for row in rows]
        always = self.legacy_cells(self.blank(), 0) if legacy else self.export_cells(self.blank(), 0)
        columns = sorted(set(k for c in rendered + [always] for k in c))
        r.shuffle(columns)
        cost = "lineItem/UnblendedCost" if legacy else "line_item_unblended_cost"
        lines = [columns] + [[c.get(k, "") for k in columns] for c in rendered]
        charges = [i for i, row in enumerate(rows) if row["product_name"] == "Claude Platform on AWS" and row["billing_period"]
                   and row["billing_period"][:7] == self.period and row["line_item_type"] == "Usage"]
        if may_fault and charges:
            at, names = r.choice(charges), {c: i for i, c in enumerate(columns)}

            def change(field, value):
                for name in names:
                    if name.replace("/", "").replace("_", "").lower().endswith(field):
                        lines[at + 1][names[name]] = value
            if self.fault == "bad money":
                lines[at + 1][names[cost]] = r.choice(["12,34", "1.2.3", "abc", "1e", ".", "--1", " 1", "0x1", "1_0", "NaN"])
            elif self.fault == "empty cost":
                lines[at + 1][names[cost]] = ""
            elif self.fault == "huge":
                lines[at + 1][names[cost]] = r.choice(["1e16", "1000000000000001", "-1e15000", "1e15", "9e14"])
            elif self.fault == "empty currency":
                change("currencycode", "")
            elif self.fault == "bad time":
                change("usagestartdate", r.choice(["2026-02-30T00:00:00Z", "yesterday", "2026-11-01"]))
            elif self.fault == "no start":
                change("usagestartdate", "")
            elif self.fault == "end before start":
                change("usageenddate", "2020-01-01T00:00:00Z")
            elif self.fault == "bad map":
                if "resource_tags" in names:
                    lines[at + 1][names["resource_tags"]] = r.choice(["{", "[]", "x"])
            elif self.fault == "cells":
                lines[at + 1] = lines[at + 1] + ["more"]
        end = r.choice(["\n", "\r\n"])
        quote_all = self.chance(20)
        out = io.StringIO()
        for line in lines:
            out.write(",".join('"' + c.replace('"', '""') + '"' if quote_all or any(x in c for x in ',"\r\n') else c for c in line) + end)
            if self.chance(3):
                out.write(end)
        text = out.getvalue()
        if may_fault and self.fault == "quote":
            text += '"open' + end
        elif self.chance(25) and self.fault not in ("cut bill", "crc"):
            text = text[:-len(end)]
        if self.chance(20):
            text = "\ufeff" + text
        return text.encode("utf-8")

    def blank(self):
        return dict(dict.fromkeys("payer account line_item_type start end currency invoice_id billing_entity legal_entity billing_period product_code "
                                  "operation region resource_id usage_type product_name product_family description principal model quantity "
                                  "cost".split(), ""), tags={})

    def net(self, row):
        """The net cost: the cost or something else, always the same for a row."""
        return row["cost"] if len(row["cost"]) % 2 else "0.5"

    def legacy_cells(self, row, spelling):
        cells = {"bill/BillingPeriodStartDate": row["billing_period"], "bill/PayerAccountId": row["payer"], "bill/BillingEntity": row["billing_entity"],
                 "bill/InvoiceId": row["invoice_id"], "lineItem/UsageAccountId": row["account"], "lineItem/LineItemType": row["line_item_type"],
                 "lineItem/UsageStartDate": row["start"], "lineItem/UsageEndDate": row["end"], "lineItem/ProductCode": row["product_code"],
                 "lineItem/UsageType": row["usage_type"], "lineItem/Operation": row["operation"], "lineItem/UsageAmount": row["quantity"],
                 "lineItem/CurrencyCode": row["currency"], "lineItem/UnblendedCost": row["cost"], "lineItem/NetUnblendedCost": self.net(row),
                 "lineItem/ResourceId": row["resource_id"], "lineItem/LegalEntity": row["legal_entity"],
                 "lineItem/LineItemDescription": row["description"], "product/ProductName": row["product_name"],
                 "product/productFamily": row["product_family"], "product/region": row["region"]}
        for k, v in row["tags"].items():
            cells[("resource_tags_user_" if spelling == 4 else "resourceTags/user:") + k] = v
        return cells

    def export_cells(self, row, spelling):
        cells = {"bill_billing_period_start_date": row["billing_period"], "bill_payer_account_id": row["payer"],
                 "bill_billing_entity": row["billing_entity"], "bill_invoice_id": row["invoice_id"], "line_item_usage_account_id": row["account"],
                 "line_item_line_item_type": row["line_item_type"], "line_item_usage_start_date": row["start"],
                 "line_item_usage_end_date": row["end"], "line_item_product_code": row["product_code"], "line_item_usage_type": row["usage_type"],
                 "line_item_operation": row["operation"], "line_item_usage_amount": row["quantity"], "line_item_currency_code": row["currency"],
                 "line_item_unblended_cost": row["cost"], "line_item_net_unblended_cost": self.net(row),
                 "line_item_resource_id": row["resource_id"], "line_item_legal_entity": row["legal_entity"],
                 "line_item_line_item_description": row["description"], "product_product_family": row["product_family"],
                 "product_region_code": row["region"]}
        product = {}
        if spelling == 1:
            cells["product_product_name"] = row["product_name"]
        else:
            product["product_name"] = row["product_name"]
        if row["model"]:
            product["model"] = row["model"]
        cells["product"] = json.dumps(product) if product else ""
        tags = row["tags"]
        if spelling == 0:
            cells["resource_tags"] = json.dumps({"user_" + k: v for k, v in tags.items()})
        elif spelling == 1:
            cells["resource_tags"] = json.dumps({"user:" + k: v for k, v in tags.items()}, ensure_ascii=False) if tags else ""
        elif spelling == 2:
            cells["resource_tags"] = json.dumps(dict(tags, ELEMENT1="no", user_Element2="no"))
        elif spelling == 3:
            cells["tags"] = json.dumps({self.r.choice(["resourceTags/user:", "resourceTags/"]) + k: v for k, v in tags.items()})
        else:
            cells.update(("resource_tags_user_" + k, v) for k, v in tags.items())
        if spelling != 4:
            cells["line_item_iam_principal"] = row["principal"]
        return cells
