"""Usage records, the rate card, and how records rate events (inputs.md section 4, attribution.md sections 3 and 5)."""
import os
import re

import files
import money
import registry as reg
import trail
from files import Stop

COUNTERS = ["read", "rated", "unrated", "joined", "own_evidence", "unmatched", "duplicate", "rejected"]
KINDS = ["input", "write5m", "write1h", "cacheRead", "output"]
ENDINGS = (".jsonl", ".ndjson", ".log", ".json")
# domain.md, Rate card: USD per million tokens
BUILT_IN = [
    ("claude-fable-5-1", "10", "12.50", "20", "0.25", "50"),
    ("claude-fable-5", "10", "12.50", "20", "1", "50"),
    ("claude-opus-5-5", "4", "5", "8", "0.20", "20"),
    ("claude-opus-5", "5", "6.25", "10", "0.50", "25"),
    ("claude-opus-4-8", "5", "6.25", "10", "0.50", "25"),
    ("claude-opus-4-7", "5", "6.25", "10", "0.50", "25"),
    ("claude-opus-4-6", "5", "6.25", "10", "0.50", "25"),
    ("claude-opus-4-5", "5", "6.25", "10", "0.50", "25"),
    ("claude-sonnet-5-5", "2", "2.50", "4", "0.20", "10"),
    ("claude-sonnet-5", "2", "2.50", "4", "0.20", "10"),
    ("claude-sonnet-4-6", "3", "3.75", "6", "0.30", "15"),
    ("claude-sonnet-4-5", "3", "3.75", "6", "0.30", "15"),
    ("claude-haiku-4-5", "1", "1.25", "2", "0.10", "5"),
]


class RateCard(object):
    def __init__(self):
        self.models = {}  # model -> [(effective from, {kind: 10^-4 USD per million})]
        self.web_search = 10 ** 10  # 10^-12 USD each

    def rates(self, model, time):
        """The newest row not after the time; a model id with a date suffix is rated as the id without it."""
        rows = self.models.get(model)
        if rows is None:
            rows = self.models.get(re.sub(r"-[0-9]{8}\Z", "", model), [])
        rows = [r for r in rows if r[0] <= time]
        return max(rows, key=lambda r: r[0])[1] if rows else None


def built_in_card():
    card = RateCard()
    for row in BUILT_IN:
        card.models[row[0]] = [(money.midnight("2026-01-01"), dict(zip(KINDS, (_rate(t) for t in row[1:]))))]
    return card


def _rate(text):
    value = money.decimal(text) * 10 ** 4
    if value.denominator != 1 or value < 0:
        raise ValueError("more than 4 decimals")
    return int(value)


def read_card(path):
    try:
        with open(path, "rb") as f:
            root = files.json_value(files.text_of(f.read()))
        card = RateCard()
        for row in root["models"]:
            card.models.setdefault(row["id"], []).append((money.midnight(row["effectiveFrom"]), {k: _rate(row[k]) for k in KINDS}))
        if "webSearchPer1000" in root:
            card.web_search = _rate(root["webSearchPer1000"]) * 10 ** 5  # 10^-4 USD per 1000 -> 10^-12 USD each
        return card
    except FileNotFoundError:
        raise Stop(66, "%s: no such file" % path)
    except (ValueError, KeyError, TypeError, AttributeError) as e:
        raise Stop(65, "%s: bad rate card: %r" % (path, e))


class Record(object):
    def weight(self, card, time):
        """List price in 10^-12 USD at a time, or None if the card does not know the model (attribution.md section 5)."""
        rates = card.rates(self.model, time)
        if rates is None:
            return None
        price = sum(self.tokens[k] * rates[k] for k in KINDS) * 100
        if self.batch:
            assert price % 2 == 0
            price //= 2
        if self.geo == "us":
            assert price % 10 == 0
            price = price * 11 // 10
        return price + self.searches * card.web_search


def _count(block, *path):
    for key in path:
        block = block.get(key) if isinstance(block, dict) else None
    if block is None:
        return 0
    if isinstance(block, bool) or not isinstance(block, int) or block < 0:
        raise ValueError("%s is no count: %r" % (".".join(path), block))
    return block


def _record(line, registry):
    root = files.json_value(line)
    if not isinstance(root, dict) or not isinstance(root.get("usage"), dict):
        raise ValueError("no object with time and usage")
    r = Record()
    r.time = money.instant(trail.text(root, "time"))
    r.request_id, r.id, r.model = (trail.text(root, k) for k in ("aws_request_id", "id", "model"))
    r.batch, r.geo = root.get("batch") is True, trail.text(root, "inference_geo")
    workspace = trail.text(root, "workspace")
    if not reg.WORKSPACE_ARN.match(workspace):
        listed = registry.workspace_with_id(workspace)
        workspace = listed.arn if listed else ""
    r.workspace, r.principal = workspace, registry.principal(trail.text(root, "principal"))
    block = root["usage"]
    r.tokens = {"input": _count(block, "input_tokens"), "output": _count(block, "output_tokens"),
                "cacheRead": _count(block, "cache_read_input_tokens")}
    if isinstance(block.get("cache_creation"), dict):
        r.tokens["write5m"] = _count(block, "cache_creation", "ephemeral_5m_input_tokens")
        r.tokens["write1h"] = _count(block, "cache_creation", "ephemeral_1h_input_tokens")
    else:
        r.tokens["write5m"], r.tokens["write1h"] = _count(block, "cache_creation_input_tokens"), 0
    r.searches = _count(block, "server_tool_use", "web_search_requests")
    return r


def read(paths, registry, rejected, counters):
    """The records of all usage logs (inputs.md section 4)."""
    records, seen = [], set()
    for path in paths:
        if not os.path.exists(path):
            raise Stop(66, "%s: no such file or folder" % path)
        logs = [path] if os.path.isfile(path) else [
            f for f in files.walk(path) if (f[:-3] if f.endswith(".gz") else f).endswith(ENDINGS)]
        if not logs:
            raise Stop(66, "%s: no usage log" % path)
        for log in logs:
            if os.path.realpath(log) in seen:
                continue
            seen.add(os.path.realpath(log))
            data, broken = files.content(log)
            lines = data.split(b"\n")
            if broken:
                lines = lines[:-1]  # the line that the cut went through is part of what is set aside
            for number, line in enumerate(lines, 1):
                start = line.find(b"{")
                if start < 0:
                    continue
                counters["read"] += 1
                try:
                    records.append(_record(files.text_of(line[start:]), registry))
                except (ValueError, RecursionError) as e:
                    rejected.add(log, number, "no usage record: %s" % e)
                    counters["rejected"] += 1
            if broken:
                counters["read"] += 1
                counters["rejected"] += 1
                rejected.add(log, "byte %d" % broken[0], broken[1])
    return records


def rate_events(records, events, card, period, trusted, registry, counters):
    """Joins records to events and returns the further events that are evidence of their own (attribution.md section 3)."""
    by_request = {}
    for e in sorted(events, key=lambda e: money.bytewise(e.id)):
        if e.request_id:
            by_request.setdefault(e.request_id, e)
    for r in records:
        r.event = by_request.get(r.request_id) if r.request_id else None
        r.price = r.weight(card, r.event.time if r.event else r.time)
    kept = _without_duplicates(records)
    counters["duplicate"] += len(records) - len(kept)
    first, following = money.month_bounds(period)
    own = {}
    for number, r in enumerate(kept):
        counters["unrated" if r.price is None else "rated"] += 1
        if r.event:
            counters["joined"] += 1
            r.event.records.append(r)
        elif trusted and r.principal and r.workspace and first - money.DAY <= r.time < following:
            counters["own_evidence"] += 1
            own.setdefault((0, r.request_id) if r.request_id else (1, number), []).append(r)
        else:
            counters["unmatched"] += 1
    further = [_own_event(rs, registry) for rs in own.values()]
    for e in list(events) + further:
        e.records.sort(key=lambda r: money.bytewise(r.id))
        prices = [r.price for r in e.records if r.price is not None]
        e.weight = sum(prices) if prices else None
        if not e.model:
            e.model = next((r.model for r in e.records if r.model), "")
    return further


def _own_event(records, registry):
    lead = min(records, key=lambda r: money.bytewise(r.id))
    e = trail.Event()
    e.own, e.id, e.records, e.model = True, "", records, ""
    e.time, e.workspace, e.principal = lead.time, lead.workspace, lead.principal
    e.account = registry.billed_account(e.workspace)
    return e


def _without_duplicates(records):
    """Records with equal (aws_request_id, id) are one: the heaviest; ties the smallest (model, workspace, principal, time)."""
    def order(r):
        return (-1 if r.price is None else r.price) * -1, money.bytewise_all((r.model, r.workspace, r.principal)), r.time
    kept, alone = {}, []
    for r in records:
        key = (r.request_id, r.id)
        if not r.request_id:
            alone.append(r)
        elif key not in kept or order(r) < order(kept[key]):
            kept[key] = r
    return alone + list(kept.values())
