"""CloudTrail records as evidence events (inputs.md section 2, attribution.md section 3)."""
import datetime
import os
import re

import files
import money
import registry as reg
from files import Stop

SOURCE = "aws-external-anthropic.amazonaws.com"
BILLABLE = ("CreateInference", "CreateBatchInference", "CreateSession", "UpdateSession", "ProcessEnvironmentWork")
COUNTERS = ["read", "evidence", "rejected", "other_source", "summary", "other_period", "not_billable", "failed", "duplicate",
            "superseded", "shared_duplicate", "unused"]


class Event(object):
    """An evidence event. `records` are the usage records that rate it."""

    def __init__(self):
        self.records, self.own = [], False
        self.weight = None  # list price in 10^-12 USD, or None while unrated


def text(value, *path):
    """The text at a path of keys; anything missing, null or of another kind is empty."""
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, str) else ""


def principal_of(identity, registry):
    """The canonical principal: attribution.md section 3, the table."""
    kind, arn = text(identity, "type"), text(identity, "arn")
    issuer = text(identity, "sessionContext", "sessionIssuer", "arn")
    if registry.principal(arn) != reg.canonical_arn(arn):
        return arn
    found = ""
    if kind in ("AssumedRole", "Role"):
        for candidate in (issuer, arn):
            if not found and ":role/" in reg.canonical_arn(candidate):
                found = reg.canonical_arn(candidate)
    elif kind == "IAMUser" or kind == "Root":
        found = reg.canonical_arn(arn)
    elif kind == "FederatedUser":
        found = reg.canonical_arn(issuer) or arn
    elif kind == "AWSService" or (not kind and text(identity, "invokedBy")):
        found = "service:" + text(identity, "invokedBy") if text(identity, "invokedBy") else ""
    elif kind == "AWSAccount":
        found = "account:" + text(identity, "accountId") if text(identity, "accountId") else ""
    elif kind == "IdentityCenterUser":
        user = text(identity, "onBehalfOf", "userId") or text(identity, "principalId")
        found = "identity-center:" + user if user else ""
    if found:
        return found
    if arn:
        return reg.canonical_arn(arn)
    return "principal:" + text(identity, "principalId") if text(identity, "principalId") else ""


def workspace_of(record):
    """The first ARN in `resources` that is a workspace ARN, else none."""
    resources = record.get("resources")
    for resource in resources if isinstance(resources, list) else []:
        for key in ("ARN", "arn"):
            if reg.WORKSPACE_ARN.match(text(resource, key)):
                return text(resource, key)
    return ""


def account_of(workspace, recipient, caller, registry):
    return registry.billed_account(workspace) if workspace else recipient or caller


def event_of(record, time, registry):
    e = Event()
    e.time, e.id = time, text(record, "eventID")
    e.workspace = workspace_of(record)
    e.principal = principal_of(record.get("userIdentity"), registry)
    e.model = text(record, "requestParameters", "model")
    e.request_id, e.shared_id = text(record, "requestID"), text(record, "sharedEventID")
    e.recipient, e.caller = text(record, "recipientAccountId"), text(record, "userIdentity", "accountId")
    e.account = account_of(e.workspace, e.recipient, e.caller, registry)
    return e


def read(paths, period, slack_days, registry, rejected):
    """(evidence events, counters): attribution.md section 3, the tests in order."""
    counters = dict.fromkeys(COUNTERS, 0)
    first, following = money.month_bounds(period)
    passed, superseding = [], set()
    for path in _log_files(paths, first, following, slack_days):
        for record, where in _records(path):
            counters["read"] += 1
            if isinstance(record, str) or not isinstance(record, dict):
                rejected.add(path, where, record if isinstance(record, str) else "a record that is no JSON object")
                counters["rejected"] += 1
                continue
            if record.get("eventSource") != SOURCE:
                counters["other_source"] += 1
                continue
            if record.get("eventCategory") in ("Aggregated", "NetworkActivity", "Insight"):
                counters["summary"] += 1
                continue
            try:
                time = money.instant(text(record, "eventTime"))
                if not text(record, "eventID"):
                    raise ValueError("no eventID")
            except ValueError as e:
                rejected.add(path, where, "a record without eventID or readable eventTime (%s): %r, %r" % (
                    e, record.get("eventID"), record.get("eventTime")))
                counters["rejected"] += 1
                continue
            if not first - money.DAY <= time < following:
                counters["other_period"] += 1
            elif record.get("eventName") not in BILLABLE:
                counters["not_billable"] += 1
            else:
                # it has reached the test `failed`: from here on it may supersede another, even if it fails that test
                if text(record, "addendum", "reason") == "UPDATED_DATA" and text(record, "addendum", "originalEventID"):
                    superseding.add(text(record, "addendum", "originalEventID"))
                if record.get("errorCode") not in (None, ""):
                    counters["failed"] += 1
                else:
                    passed.append(event_of(record, time, registry))
    kept = _without_duplicates(passed)
    counters["duplicate"] = len(passed) - len(kept)
    current = [e for e in kept if e.id not in superseding]
    counters["superseded"] = len(kept) - len(current)
    evidence = _without_shared(current)
    counters["shared_duplicate"] = len(current) - len(evidence)
    counters["evidence"] = len(evidence)
    return evidence, counters


def _without_duplicates(events):
    """Of the copies with one eventID the smallest stays."""
    def order(e):
        return (e.time,) + money.bytewise_all((e.workspace, e.principal, e.model, e.request_id, e.shared_id, e.recipient, e.caller))
    kept = {}
    for e in events:
        if e.id not in kept or order(e) < order(kept[e.id]):
            kept[e.id] = e
    return list(kept.values())


def _without_shared(events):
    """Of the events with one sharedEventID one stays, of the caller's own account if there is such a one."""
    shared = {}
    for e in events:
        if e.shared_id:
            shared.setdefault(e.shared_id, []).append(e)
    dropped = set()
    for copies in shared.values():
        own = [e for e in copies if e.recipient == e.caller]
        stays = min(own or copies, key=lambda e: money.bytewise(e.id))
        dropped.update(e.id for e in copies if e is not stays)
    return [e for e in events if e.id not in dropped]


# --- files and the forms of their bodies --------------------------------------------------------------------------------------

def _log_files(paths, first, following, slack_days):
    """Log files whose delivery date may matter, each once (inputs.md section 2)."""
    found, seen = [], set()
    for path in paths:
        if not os.path.exists(path):
            raise Stop(66, "%s: no such file or folder" % path)
        candidates = [path] if os.path.isfile(path) else [f for f in files.walk(path) if _is_log(f, path)]
        if not candidates:
            raise Stop(66, "%s: no CloudTrail log file" % path)
        for f in candidates:
            if os.path.realpath(f) in seen or not _delivered_in_time(f, first, following, slack_days):
                continue
            seen.add(os.path.realpath(f))
            found.append(f)
    return found


def _is_log(path, root):
    name = os.path.basename(path)
    folders = os.path.relpath(path, root).split(os.sep)[:-1]
    if not (name.endswith(".json") or name.endswith(".json.gz")) or "Digest" in name:
        return False
    return not any(f in ("CloudTrail-Digest", "CloudTrail-Insight") or f.startswith("CloudTrail-Aggregated") for f in folders)


def _delivered_in_time(path, first, following, slack_days):
    dates = re.findall(r"(?=/([0-9]{4})/([0-9]{2})/([0-9]{2})/)", path)
    for year, month, day in reversed(dates):
        try:
            date = money.midnight(datetime.date(int(year), int(month), int(day)).isoformat())
        except ValueError:
            continue
        return first - money.DAY <= date <= following - money.DAY + slack_days * money.DAY
    return True


def _records(path):
    """Yields (record, where) of a file in any accepted form, and (reason, where) for what cannot be read."""
    data, broken = files.content(path)
    body = files.text_of(data)
    at, seen = 1 if body.startswith("\ufeff") else 0, False
    try:
        while True:
            at = _skip(body, at)
            if at >= len(body):
                break
            seen = True
            if body[at] == "[":
                start = at
                for record, at in _elements(body, start):
                    yield from _unwrapped(record, at)
                _, at = files.json_at(body, start)
            elif body[at] == "{":
                start = at
                inside = _records_array(body, at)
                if inside is None:
                    record, at = files.json_at(body, start)
                    yield from _unwrapped(record, start)
                else:
                    for record, at in _elements(body, inside):
                        yield from _unwrapped(record, at)
                    _, at = files.json_at(body, start)  # the rest of the object must be sound too
            else:
                record, at = files.json_at(body, at)
                yield record if not isinstance(record, str) else None, at
        if not seen and not broken:
            raise ValueError("empty")
    except ValueError as e:
        if not broken:
            yield "no valid JSON: %s" % e, "byte %d" % len(body[:at].encode("utf-8", "replace"))
    if broken:
        yield broken[1], "byte %d" % broken[0]


def _skip(body, at):
    while at < len(body) and body[at] in " \t\r\n":
        at += 1
    return at


def _elements(body, at):
    """Yields (element, next position) of the array that starts at `at`, so that those before a fault are had."""
    at = _skip(body, at + 1)
    if body[at:at + 1] == "]":
        return
    while True:
        value, at = files.json_at(body, _skip(body, at))
        yield value, at
        at = _skip(body, at)
        if body[at:at + 1] == "]":
            return
        if body[at:at + 1] != ",":
            raise ValueError("no comma between elements")
        at += 1


def _records_array(body, at):
    """Where the array of the last `Records` key of the object at `at` starts, or None. A fault after it is found later."""
    found, at = None, _skip(body, at + 1)
    try:
        while body[at:at + 1] == '"':
            key, at = files.json_at(body, at)
            at = _skip(body, at)
            if body[at:at + 1] != ":":
                break
            at = _skip(body, at + 1)
            if key == "Records":
                found = at if body[at:at + 1] == "[" else None
            _, at = files.json_at(body, at)
            at = _skip(body, at)
            if body[at:at + 1] != ",":
                break
            at = _skip(body, at + 1)
    except ValueError:
        pass
    return found


def _unwrapped(record, where):
    """A record, or the records inside an EventBridge envelope or a LookupEvents item."""
    if isinstance(record, dict) and "eventSource" not in record:
        if isinstance(record.get("Records"), list):
            for inner in record["Records"]:
                yield from _unwrapped(inner, where)
            return
        if isinstance(record.get("detail"), dict):
            record = record["detail"]
        elif isinstance(record.get("CloudTrailEvent"), str):
            try:
                record = files.json_value(record["CloudTrailEvent"])
            except ValueError as e:
                yield "no valid JSON in CloudTrailEvent: %s" % e, where
                return
    yield (None if isinstance(record, str) else record), where
