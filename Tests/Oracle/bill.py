"""The bill: which files make it up, and its rows as charges (inputs.md section 1, attribution.md sections 1 and 2)."""
import os
import re

import files
import money
import registry as reg
from files import Stop

# what a row is asked for: legacy name, CUR 2.0 name
COLUMNS = {
    "billing_period": ("bill/BillingPeriodStartDate", "bill_billing_period_start_date"),
    "payer": ("bill/PayerAccountId", "bill_payer_account_id"),
    "billing_entity": ("bill/BillingEntity", "bill_billing_entity"),
    "invoice_id": ("bill/InvoiceId", "bill_invoice_id"),
    "account": ("lineItem/UsageAccountId", "line_item_usage_account_id"),
    "line_item_type": ("lineItem/LineItemType", "line_item_line_item_type"),
    "start": ("lineItem/UsageStartDate", "line_item_usage_start_date"),
    "end": ("lineItem/UsageEndDate", "line_item_usage_end_date"),
    "product_code": ("lineItem/ProductCode", "line_item_product_code"),
    "usage_type": ("lineItem/UsageType", "line_item_usage_type"),
    "operation": ("lineItem/Operation", "line_item_operation"),
    "quantity": ("lineItem/UsageAmount", "line_item_usage_amount"),
    "currency": ("lineItem/CurrencyCode", "line_item_currency_code"),
    "unblended": ("lineItem/UnblendedCost", "line_item_unblended_cost"),
    "net": ("lineItem/NetUnblendedCost", "line_item_net_unblended_cost"),
    "resource_id": ("lineItem/ResourceId", "line_item_resource_id"),
    "legal_entity": ("lineItem/LegalEntity", "line_item_legal_entity"),
    "description": ("lineItem/LineItemDescription", "line_item_line_item_description"),
    "product_family": ("product/productFamily", "product_product_family"),
    "region": ("product/region", "product_region_code"),
    "principal": ("line_item_iam_principal",),
}
NEEDED = ["line_item_type", "usage_type", "unblended", "quantity", "start", "account", "currency"]
ADOPTABLE = ("Tax", "Credit", "Refund", "Fee")
BEDROCK_EDITION = " (Amazon Bedrock Edition)"


class BadCell(Exception):
    def __init__(self, column, what, text):
        Exception.__init__(self, "column %s: %s: %r" % (column, what, text))


class Charge(object):
    """One row of the bill that is taken. `group` is its key of attribution.md section 6."""


class Row(object):
    def __init__(self, header, cells):
        self.header, self.cells = header, cells

    def column(self, name):
        at = self.header.get(name)
        return self.cells[at] if at is not None else ""

    def name_of(self, field):
        return next((n for n in COLUMNS[field] if n in self.header), COLUMNS[field][0])

    def get(self, field):
        for name in COLUMNS[field]:
            if self.column(name):
                return self.column(name)
        return ""

    def map(self, name, strict=False):
        """A CUR 2.0 map: a JSON object in one cell, or nothing. A bad one is only looked at in a charge (inputs.md section 5)."""
        text = self.column(name)
        if not text:
            return {}
        try:
            value = files.json_value(text)
            if not isinstance(value, dict) or not all(v is None or isinstance(v, str) for v in value.values()):
                raise ValueError
        except (ValueError, RecursionError):
            if strict:
                raise BadCell(name, "bad map", text)
            return {}
        return {k: v or "" for k, v in value.items()}

    def product_name(self):
        return self.column("product/ProductName") or self.map("product").get("product_name", "") or self.column("product_product_name")

    def model(self):
        return self.map("product").get("model", "") or self.column("product_model") or self.column("product/model")

    def tag(self, key):
        """First non-empty spelling of a tag (inputs.md section 1, element tag k)."""
        tags, more = self.map("resource_tags"), self.map("tags")
        for value in (self.column("resourceTags/user:" + key), self.column("resource_tags_user_" + key),
                      tags.get("user_" + key), tags.get("user:" + key), tags.get(key),
                      more.get("resourceTags/user:" + key), more.get("resourceTags/" + key)):
            if value:
                return value
        return ""

    def profile_columns(self):
        columns = {c: self.get(c) for c in reg.PROFILE_COLUMNS if c != "product_name"}
        columns["product_name"] = self.product_name()
        return columns

    def amount(self, field):
        try:
            return money.amount(self.get(field))
        except ValueError as e:
            raise BadCell(self.name_of(field), str(e), self.get(field))

    def time(self, field):
        try:
            return money.instant(self.get(field))
        except ValueError as e:
            raise BadCell(self.name_of(field), str(e), self.get(field))


def workspace_of(row, account, tags, registry):
    """(ARN or "", source): attribution.md section 2, the first that succeeds."""
    resource = row.get("resource_id")
    if reg.WORKSPACE_ARN.match(resource):
        return resource, "resource-id"
    if resource.startswith("wrkspc_") and registry.workspace_with_id(resource):
        return registry.workspace_with_id(resource).arn, "resource-id"
    everywhere = list(registry.workspaces.values())
    at_home = [w for w in everywhere if w.billed_to == account]
    for key in ("workspace", "workspace_id"):
        value = row.tag(key)
        if not value:
            continue
        if reg.WORKSPACE_ARN.match(value):
            return value, "tag"
        for candidates in (at_home, everywhere):
            found = [w for w in candidates if value in (w.id, w.name)]
            if len(found) == 1:
                return found[0].arn, "tag"
    if any(tags):
        found = [w for w in at_home if w.tags == tags]
        if len(found) == 1:
            return found[0].arn, "tag-match"
    return "", "none"


def read_charge(row, platform, period, registry, cost_basis):
    """A taken row as a Charge, or None if it is of another period (attribution.md section 1)."""
    if row.get("billing_period"):
        month = money.month_text(row.time("billing_period"))
    else:
        if not row.get("start"):
            raise BadCell(row.name_of("start"), "missing", "")
        month = money.month_text(row.time("start"))
    if month != period:
        return None
    for name in ("product", "resource_tags", "tags"):
        row.map(name, strict=True)
    c = Charge()
    c.platform, c.payer, c.line_item_type = platform, row.get("payer"), row.get("line_item_type")
    c.product_code, c.currency, c.invoice_id = row.get("product_code"), row.get("currency"), row.get("invoice_id")
    if not c.currency:
        raise BadCell(row.name_of("currency"), "missing", "")
    c.cost, inexact = row.amount("net" if cost_basis == "net" else "unblended")
    c.inexact = int(inexact)
    c.quantity = 0
    if c.line_item_type == "Usage" and row.get("quantity"):
        c.quantity, inexact = row.amount("quantity")
        c.inexact += int(inexact)
    if not row.get("start"):
        raise BadCell(row.name_of("start"), "missing", "")
    c.start = row.time("start")
    c.end = row.time("end") if row.get("end") else money.floor_hour(c.start) + money.HOUR
    if c.end < c.start:
        raise BadCell(row.name_of("end"), "before the start", row.get("end"))
    price = registry.unit_price.get(c.currency) if platform == "claude-platform" and c.line_item_type == "Usage" else None
    c.price_mismatch = price is not None and abs(c.cost - c.quantity * price) > 10 ** 12
    c.account, c.legal_entity = row.get("account"), row.get("legal_entity")
    c.tags = [row.tag(k) for k in registry.tag_keys]
    c.principal = c.model = c.workspace = ""
    c.workspace_source = "none"
    if platform == "bedrock":
        c.principal = registry.principal(row.get("principal"))
        c.model = row.model() or row.product_name()
        if not row.model() and c.model.endswith(BEDROCK_EDITION):
            c.model = c.model[:-len(BEDROCK_EDITION)]
        elif not row.model():
            c.model = ""
    else:
        c.workspace, c.workspace_source = workspace_of(row, c.account, c.tags, registry)
    c.region = row.get("region") or (reg.WORKSPACE_ARN.match(c.workspace).group(2) if c.workspace else "")
    c.group = (period, c.payer, c.account, c.workspace, c.workspace_source, c.start, c.end, platform, c.region,
               c.line_item_type, row.get("usage_type"), row.get("operation"), c.product_code, row.get("billing_entity"),
               c.legal_entity, c.currency, c.invoice_id) + tuple(c.tags) + (c.principal, c.model)
    return c


class Bill(object):
    def __init__(self):
        self.charges = []
        self.rows = dict.fromkeys(["read", "charges", "other_service", "other_period", "rejected", "near_miss",
                                   "price_mismatch", "inexact_amounts"], 0)


def read(paths, period, names, registry, cost_basis, rejected):
    """All rows of all sources: attribution.md section 1."""
    bill, undecided, payers = Bill(), [], {}

    def take(row, platform, path, line, source):
        try:
            charge = read_charge(row, platform, period, registry, cost_basis)
        except BadCell as e:
            rejected.add(path, line, str(e))
            bill.rows["rejected"] += 1
            return
        if charge is None:
            bill.rows["other_period"] += 1
            return
        bill.charges.append(charge)
        bill.rows["charges"] += 1
        bill.rows["price_mismatch"] += int(charge.price_mismatch)
        bill.rows["inexact_amounts"] += charge.inexact
        other = payers.setdefault(charge.payer, source)
        if other is not source:
            raise Stop(65, "payer %s has charges in %s and in %s: pick one with --report" % (charge.payer, other.title, source.title))

    for source in sources(paths, period, names):
        for path in source.files:
            for row, line in _rows(path, cost_basis, rejected, bill):
                platform = registry.platform(row.profile_columns())
                if platform:
                    take(row, platform, path, line, source)
                elif row.get("line_item_type") in ADOPTABLE and row.get("product_code"):
                    undecided.append((row, path, line, source))
                else:
                    _other_service(row, bill)
    # adopted rows: only now is it known which product codes are ours
    codes = {}
    for charge in bill.charges:
        if charge.line_item_type == "Usage":
            codes.setdefault((charge.payer, charge.product_code), set()).add(charge.platform)
    for row, path, line, source in undecided:
        platforms = codes.get((row.get("payer"), row.get("product_code")))
        if platforms:
            take(row, "bedrock" if "bedrock" in platforms else "claude-platform", path, line, source)
        else:
            _other_service(row, bill)
    return bill


def _other_service(row, bill):
    bill.rows["other_service"] += 1
    if ("anthropic" in row.get("legal_entity").lower() or "claude" in row.product_name().lower()
            or "claude" in row.get("description").lower()):
        bill.rows["near_miss"] += 1


def _rows(path, cost_basis, rejected, bill):
    """Yields (Row, line) of one file; faults of structure go to `rejected` (inputs.md section 5)."""
    def fault(where, reason):
        rejected.add(path, where, reason)
        bill.rows["read"] += 1
        bill.rows["rejected"] += 1

    data, broken = files.content(path)
    if broken:
        # a row that the cut went through is part of what is set aside
        data = data[:data.rfind(b"\n") + 1]
    header = None
    for line, cells in files.csv_rows(files.text_of(data)):
        if isinstance(cells, str):
            if not broken:
                fault(line, cells)
            break
        if header is None:
            header = {}
            for i, name in enumerate(cells):
                header.setdefault(name, i)
            for field in NEEDED + (["net"] if cost_basis == "net" else []):
                if not any(n in header for n in COLUMNS[field]):
                    raise Stop(65, "%s:%s: column %s is missing" % (path, line, " or ".join(COLUMNS[field])))
            width = len(cells)
            continue
        if len(cells) != width:
            fault(line, "%d cells, the header has %d" % (len(cells), width))
            continue
        bill.rows["read"] += 1
        yield Row(header, cells), line
    if broken:
        fault("byte %d" % broken[0], broken[1])
    elif header is None:
        fault(1, "no header")


# --- which files ------------------------------------------------------------------------------------------------------------

class Source(object):
    def __init__(self, title, files):
        self.title, self.files = title, files


def sources(paths, period, names):
    """The sources of all PATHs: the newest delivery of every report, or loose files (inputs.md section 1)."""
    found = []
    for path in paths:
        if not os.path.exists(path):
            raise Stop(66, "%s: no such file or folder" % path)
        if os.path.isfile(path):
            found.append(Source(path, [path]))
            continue
        every = files.walk(path)
        manifests = [m for m in (_manifest(path, f) for f in every) if m]
        if manifests:
            found += _chosen(path, every, manifests, period, names)
            continue
        loose = [f for f in every if f.endswith(".csv") or f.endswith(".csv.gz")]
        if not loose:
            raise Stop(66, "%s: no CSV file; deliver the export as text/csv with gzip compression" % path)
        found.append(Source(path, loose))
    return found


class Manifest(object):
    pass


def _manifest(root, path):
    """A legacy or CUR 2.0 manifest, or None for any other file."""
    if not path.endswith("-Manifest.json"):
        return None
    with open(path, "rb") as f:
        try:
            content = files.json_value(files.text_of(f.read()))
        except ValueError as e:
            raise Stop(65, "%s: no valid JSON: %s" % (path, e))
    m = Manifest()
    m.path, folder = path, os.path.relpath(path, root).split(os.sep)[:-1]
    if isinstance(content.get("reportKeys"), list):
        m.kind, m.name, keys = "legacy", content.get("reportName", ""), content["reportKeys"]
        at = [i for i, part in enumerate(folder) if re.match(r"[0-9]{8}-[0-9]{8}\Z", part)]
        start = (content.get("billingPeriod") or {}).get("start") or (folder[at[-1]] if at else "")
        m.period = "%s-%s" % (start[:4], start[4:6])
    elif isinstance(content.get("dataFiles"), list):
        m.kind, m.name, keys = "export", content.get("exportName", ""), content["dataFiles"]
        at = [i for i, part in enumerate(folder) if re.match(r"BILLING_PERIOD=[0-9]{4}-[0-9]{2}\Z", part)]
        m.period = folder[at[-1]][-7:] if at else ""
    else:
        return None
    # below the period folder stands the delivery folder, if there is one
    at = at[-1] + 1 if at else len(folder)
    m.delivery = "/".join(folder[at:])
    m.identity = (m.kind, "/".join(folder[:at]), os.path.basename(path))
    m.keys = [k if isinstance(k, str) else (k.get("key") or k.get("Key") or k.get("s3Key") or "") for k in keys]
    return m


def _chosen(root, every, manifests, period, names):
    ours = [m for m in manifests if m.period == period]
    if not ours:
        raise Stop(66, "%s: no report for %s; found: %s" % (root, period, ", ".join(sorted(set(m.period for m in manifests)))))
    if names:
        ours = [m for m in ours if m.name in names]
    reports = {}
    for m in ours:
        reports.setdefault(m.identity, []).append(m)
    found = []
    for identity in sorted(reports):
        deliveries = reports[identity]
        top = [m for m in deliveries if not m.delivery]
        if top:
            newest = top[0]
        elif len(deliveries) == 1:
            newest = deliveries[0]
        elif all(re.match(r"[0-9]{8}T[0-9]{6}|[0-9]{4}-[0-9]{2}-[0-9]{2}T", m.delivery) for m in deliveries):
            newest = max(deliveries, key=lambda m: money.bytewise(m.delivery))
        else:
            raise Stop(65, "which delivery is the newest? %s" % ", ".join(sorted(m.path for m in deliveries)))
        found.append(Source("%s/%s" % (identity[1], newest.name), [_listed(root, every, newest, key) for key in newest.keys]))
    return found


def _listed(root, every, manifest, key):
    """The file under PATH that a manifest lists: by path suffix, because PATH may start anywhere in the bucket."""
    short = re.sub(r"\As3://[^/]*/", "", key)
    parts = [p for p in short.split("/") if p]
    if ".." in parts or short.startswith("/") or not parts:
        raise Stop(65, "%s: the key %r leaves the folder" % (manifest.path, key))
    for i in range(len(parts)):
        candidate = os.path.join(root, *parts[i:])
        if os.path.isfile(candidate):
            if not os.path.realpath(candidate).startswith(os.path.realpath(root) + os.sep):
                raise Stop(65, "%s: the key %r leaves the folder" % (manifest.path, key))
            return candidate
    longer = [f for f in every if f.endswith("/" + "/".join(parts))]
    if len(longer) == 1:
        return longer[0]
    raise Stop(65, "%s: the listed file %s is missing" % (manifest.path, key))
