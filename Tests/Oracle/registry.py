"""Who owns what: workloads, claims in time, workspaces, estimates, policy, profile (inputs.md section 3)."""
import re
from fractions import Fraction

import files
import money
from files import Stop

WORKSPACE_ARN = re.compile(r"arn:([^:]+):aws-external-anthropic:([^:]+):([^:]+):workspace/([^:/]+)\Z")
DEFAULT_SHARED_ROLES = ["AWSReservedSSO_*", "AWSAdministratorAccess*", "AWSPowerUserAccess*", "*:root"]
DEFAULT_PLATFORMS = [
    {"platform": "bedrock", "any": [
        {"column": "product_name", "endsWith": "(Amazon Bedrock Edition)"},
        {"column": "product_family", "equals": "Amazon Bedrock"},
        {"column": "product_code", "startsWith": "AmazonBedrock"}]},
    {"platform": "claude-platform", "any": [
        {"column": "product_name", "contains": "claude platform"},
        {"column": "usage_type", "endsWith": "MP:ccu-Units"}]},
]
PROFILE_COLUMNS = ["product_name", "product_family", "product_code", "usage_type", "legal_entity", "billing_entity",
                   "operation", "resource_id", "description"]
TESTS = {
    "equals": lambda value, wanted: value == wanted,
    "contains": lambda value, wanted: wanted in value,
    "startsWith": lambda value, wanted: value.startswith(wanted),
    "endsWith": lambda value, wanted: value.endswith(wanted),
}


def canonical_arn(arn):
    """One spelling for one principal: no path, and the role instead of its session (attribution.md section 3, the table)."""
    m = re.match(r"arn:([^:]+):(iam|sts)::([^:]*):(.+)\Z", arn, re.S)
    if not m:
        return arn
    partition, service, account, rest = m.groups()
    parts = rest.split("/")
    if service == "sts" and parts[0] == "assumed-role" and len(parts) > 1 and parts[1]:
        return "arn:%s:iam::%s:role/%s" % (partition, account, parts[1])
    if service == "iam" and parts[0] in ("role", "user") and len(parts) > 1 and parts[-1]:
        return "arn:%s:iam::%s:%s/%s" % (partition, account, parts[0], parts[-1])
    return arn


def session_of(arn):
    """(role, session) of an assumed-role ARN, else None (docs/attribution.md, Sessions)."""
    m = re.match(r"arn:[^:]+:sts:[^:]*:[^:]*:assumed-role/([^/]+)/(.+)\Z", arn, re.S)
    return (canonical_arn(arn), m.group(2)) if m else None


def matches_pattern(pattern, text):
    """`*` any run, `?` one character, case-sensitive (attribution.md section 8)."""
    expression = "".join(".*" if c == "*" else "." if c == "?" else re.escape(c) for c in pattern)
    return re.match(expression + r"\Z", text, re.S) is not None


class Workspace(object):
    def __init__(self, arn, name, tags, billed_to):
        self.arn, self.name, self.tags = arn, name, tags
        self.region, self.account, self.id = WORKSPACE_ARN.match(arn).groups()[1:]
        self.billed_to = billed_to or self.account


class Workload(object):
    def __init__(self, id, owner, elements):
        self.id, self.owner, self.elements = id, owner, elements
        self.estimates = []  # (month, currency, atto), the confirmed ones


class Registry(object):
    def __init__(self):
        self.tag_keys = ["element1", "element2", "element3", "element4"]
        self.workloads = {}
        self.workspaces = {}
        self.principal_claims = {}  # canonical principal -> [(from, to, workload id)]
        self.workspace_claims = {}  # ARN -> the same
        self.session_claims = []  # (role, pattern, from, to, workload id)
        self.splits = []  # ((kind, anchor), by, {workload: weight} or [workload], from, to)
        self.shared_roles = DEFAULT_SHARED_ROLES
        self.policy = {}
        self.platforms = DEFAULT_PLATFORMS
        self.unit_price = {"USD": Fraction(1, 100)}

    def workspace_with_id(self, id):
        """The registry workspace that alone has this id, or None."""
        found = [w for w in self.workspaces.values() if w.id == id]
        return found[0] if len(found) == 1 else None

    def billed_account(self, arn):
        """The account a workspace is billed to; an unlisted one is billed to its ARN's (attribution.md sections 2 and 3)."""
        listed = self.workspaces.get(arn)
        return listed.billed_to if listed else WORKSPACE_ARN.match(arn).group(3)

    @staticmethod
    def _claimed(claims, anchor, time):
        for start, end, workload in claims.get(anchor, []):
            if (start is None or start <= time) and (end is None or time < end):
                return workload
        return ""

    def principal(self, arn):
        """The canonical principal of an ARN; a session that a claim names is told apart (docs/attribution.md, Sessions)."""
        session = session_of(arn)
        if session and any(role == session[0] and matches_pattern(pattern, session[1]) for role, pattern, _, _, _ in self.session_claims):
            return arn
        return canonical_arn(arn)

    def workload_of_principal(self, principal, time):
        session = session_of(principal)
        if session:
            role, name = session
            fitting = [c for c in self.session_claims if c[0] == role and matches_pattern(c[1], name)]

            def nearness(claim):
                exact = "*" not in claim[1] and "?" not in claim[1]
                return (not exact, -len(claim[1].encode()), claim[1].encode())

            for _, _, start, end, workload in sorted(fitting, key=nearness):
                if (start is None or start <= time) and (end is None or time < end):
                    return workload
            principal = role
        return self._claimed(self.principal_claims, principal, time)

    def split_of(self, kind, anchor, time):
        """The rule in force on an anchor, or None; a session's are its role's (docs/attribution.md, Splits)."""
        if kind == "principal" and session_of(anchor) and not any(where == (kind, anchor) for where, _, _, _, _ in self.splits):
            anchor = session_of(anchor)[0]
        for where, by, among, start, end in self.splits:
            if where == (kind, anchor) and (start is None or start <= time) and (end is None or time < end):
                return by, among
        return None

    def workload_of_workspace(self, arn, time):
        return self._claimed(self.workspace_claims, arn, time)

    def estimate(self, workload, month, currency):
        """The confirmed estimates of the month in the currency, summed, or None (inputs.md section 3)."""
        found = [a for m, c, a in self.workloads[workload].estimates if (m, c) == (month, currency)]
        return sum(found) if found else None

    def is_shared_role(self, principal):
        """A pattern matches what follows the last `/`, or the whole principal (attribution.md section 8)."""
        principal = canonical_arn(principal) if session_of(principal) else principal
        name = principal.rsplit("/", 1)[-1]
        return any(matches_pattern(p, name) or matches_pattern(p, principal) for p in self.shared_roles)

    def platform(self, columns):
        """The first profile rule that takes a row, letters compared without case (attribution.md section 1), or None."""
        for rule in self.platforms:
            for test in rule["any"]:
                for operator, holds in TESTS.items():
                    if operator in test and holds(columns[test["column"]].lower(), test[operator].lower()):
                        return rule["platform"]
        return None


class _Reader(object):
    """Reads the JSON with errors that name the path inside it."""

    def __init__(self, path):
        self.path = path

    def fail(self, where, what, value):
        raise Stop(65, "%s: %s: %s: %r" % (self.path, where, what, value))

    def keys(self, where, value, allowed):
        if not isinstance(value, dict):
            self.fail(where, "must be an object", value)
        for key in value:
            if key not in allowed:
                self.fail("%s.%s" % (where, key), "unknown key", key)
        return value

    def text(self, where, value, default=None):
        if value is None and default is not None:
            return default
        if not isinstance(value, str):
            self.fail(where, "must be text", value)
        return value

    def list(self, where, value):
        if not isinstance(value, (list, type(None))):
            self.fail(where, "must be a list", value)
        return value or []

    def date(self, where, value):
        if value is None:
            return None
        try:
            return money.midnight(self.text(where, value))
        except ValueError:
            self.fail(where, "bad date", value)

    def amount(self, where, value):
        try:
            return money.amount(self.text(where, value))[0]
        except ValueError:
            self.fail(where, "bad amount", value)

    def workspace_arn(self, where, value):
        if not WORKSPACE_ARN.match(self.text(where, value)):
            self.fail(where, "bad workspace ARN", value)
        return value

    def principal(self, where, value):
        value = self.text(where, value)
        if re.match(r"(service|account|identity-center|principal):.", value, re.S):
            return value
        if not re.match(r"arn:[^:]+:(iam|sts)::[^:]*:.", value, re.S):
            self.fail(where, "bad principal", value)
        return canonical_arn(value)


def read(path):
    """The registry of a file (inputs.md section 3)."""
    r = _Reader(path)
    try:
        with open(path, "rb") as f:
            root = files.json_value(files.text_of(f.read()))
    except FileNotFoundError:
        raise Stop(66, "%s: no such file" % path)
    except ValueError as e:
        raise Stop(65, "%s: no valid JSON: %s" % (path, e))
    r.keys("$", root, ["version", "hierarchy", "tagKeys", "workloads", "workspaces", "sharedRolePatterns", "profile", "policy", "trends", "governance", "splits"])
    registry = Registry()
    if root.get("tagKeys") is not None:
        registry.tag_keys = r.list("$.tagKeys", root["tagKeys"])
        if len(registry.tag_keys) != 4:
            r.fail("$.tagKeys", "must be four", registry.tag_keys)
    if root.get("sharedRolePatterns") is not None:
        registry.shared_roles = r.list("$.sharedRolePatterns", root["sharedRolePatterns"])
    for i, entry in enumerate(r.list("$.workspaces", root.get("workspaces"))):
        _read_workspace(r, "$.workspaces[%d]" % i, entry, registry)
    for i, entry in enumerate(r.list("$.workloads", root.get("workloads"))):
        _read_workload(r, "$.workloads[%d]" % i, entry, registry)
    for i, entry in enumerate(r.list("$.splits", root.get("splits"))):
        _read_split(r, "$.splits[%d]" % i, entry, registry)
    policy = r.keys("$.policy", root.get("policy") or {}, ["tax", "credit", "refund", "other"])
    for key, value in policy.items():
        if value not in ("follow", "keep"):
            r.fail("$.policy.%s" % key, "must be follow or keep", value)
    registry.policy = policy
    _read_profile(r, root.get("profile") or {}, registry)
    return registry


def _read_workspace(r, where, entry, registry):
    r.keys(where, entry, ["arn", "name", "tags", "billedTo"])
    arn = r.workspace_arn(where + ".arn", entry.get("arn"))
    if arn in registry.workspaces:
        r.fail(where + ".arn", "listed twice", arn)
    tags = r.keys(where + ".tags", entry.get("tags") or {}, registry.tag_keys)
    registry.workspaces[arn] = Workspace(arn, r.text(where + ".name", entry.get("name"), ""),
                                         [tags.get(k, "") for k in registry.tag_keys],
                                         r.text(where + ".billedTo", entry.get("billedTo"), ""))


def _read_workload(r, where, entry, registry):
    r.keys(where, entry, ["id", "name", "owner", "elements", "costCenter", "glAccount", "claims", "estimates"])
    id = r.text(where + ".id", entry.get("id"))
    if id in registry.workloads or not id:
        r.fail(where + ".id", "duplicate or empty id", id)
    elements = r.list(where + ".elements", entry.get("elements"))
    if len(elements) > 4:
        r.fail(where + ".elements", "more than four", elements)
    workload = Workload(id, r.text(where + ".owner", entry.get("owner"), ""), (elements + [""] * 4)[:4])
    registry.workloads[id] = workload
    for i, claim in enumerate(r.list(where + ".claims", entry.get("claims"))):
        here = "%s.claims[%d]" % (where, i)
        r.keys(here, claim, ["principal", "workspace", "session", "from", "to"])
        if ("principal" in claim) == ("workspace" in claim):
            r.fail(here, "needs a principal or a workspace", claim)
        if "principal" in claim:
            claims, anchor = registry.principal_claims, r.principal(here + ".principal", claim["principal"])
        else:
            claims, anchor = registry.workspace_claims, r.workspace_arn(here + ".workspace", claim["workspace"])
        start, end = r.date(here + ".from", claim.get("from")), r.date(here + ".to", claim.get("to"))
        if "session" in claim:
            registry.session_claims.append((anchor, r.text(here + ".session", claim["session"]), start, end, id))
            continue
        if start is not None and end is not None and end <= start:
            r.fail(here, "ends before it begins", claim)
        for other_start, other_end, other in claims.get(anchor, []):
            before = end is not None and other_start is not None and end <= other_start
            after = start is not None and other_end is not None and other_end <= start
            if other != id and not before and not after:
                r.fail(here, "%s and %s claim at the same time" % (other, id), anchor)
        claims.setdefault(anchor, []).append((start, end, id))
    for i, estimate in enumerate(r.list(where + ".estimates", entry.get("estimates"))):
        here = "%s.estimates[%d]" % (where, i)
        r.keys(here, estimate, ["month", "amount", "currency", "confirmedBy"])
        month = r.text(here + ".month", estimate.get("month"))
        try:
            money.month_bounds(month)
        except ValueError:
            r.fail(here + ".month", "bad month", month)
        value = r.amount(here + ".amount", estimate.get("amount"))
        if estimate.get("confirmedBy"):
            workload.estimates.append((month, r.text(here + ".currency", estimate.get("currency"), "USD"), value))


def _read_split(r, where, entry, registry):
    r.keys(where, entry, ["principal", "workspace", "unallocated", "by", "shares", "workloads", "from", "to"])
    kind = [k for k in ("principal", "workspace", "unallocated") if k in entry][0]
    anchor = r.principal(where, entry[kind]) if kind == "principal" else entry[kind]
    among = entry.get("workloads") or list(registry.workloads)
    if entry["by"] == "percent":
        among = {id: r.amount(where, value) for id, value in entry["shares"].items()}
    registry.splits.append(((kind, anchor), entry["by"], among, r.date(where, entry.get("from")), r.date(where, entry.get("to"))))


def _read_profile(r, profile, registry):
    r.keys("$.profile", profile, ["platforms", "unitPrice"])
    if profile.get("platforms") is not None:
        for i, rule in enumerate(r.list("$.profile.platforms", profile["platforms"])):
            where = "$.profile.platforms[%d]" % i
            r.keys(where, rule, ["platform", "any"])
            if rule.get("platform") not in ("claude-platform", "bedrock"):
                r.fail(where + ".platform", "unknown platform", rule.get("platform"))
            for test in r.list(where + ".any", rule.get("any")):
                r.keys(where + ".any", test, ["column"] + list(TESTS))
                if test.get("column") not in PROFILE_COLUMNS or len(test) != 2:
                    r.fail(where + ".any", "bad test", test)
        registry.platforms = profile["platforms"]
    if profile.get("unitPrice") is not None:
        try:
            registry.unit_price = {c: money.decimal(p) for c, p in profile["unitPrice"].items()}
        except (ValueError, TypeError, AttributeError):
            r.fail("$.profile.unitPrice", "bad price", profile["unitPrice"])
