"""Charges and evidence to the ledger: attribution.md sections 4 to 9, read one after the other."""
import copy

import money
import registry as reg
from files import Stop

# the columns of allocations.csv (outputs.md)
LEDGER_COLUMNS = (
    "billing_period usage_start usage_end platform payer_account_id usage_account_id region workspace_arn workspace_source "
    "line_item_type usage_type invoice_id principal workload_id level method evidence_window model token_type element1 element2 "
    "element3 element4 weight weight_total calls quantity cost currency gap billing_entity legal_entity product_code operation").split()
GROUP_FIELDS = ("period payer account workspace workspace_source start end platform region line_item_type usage_type operation "
                "product_code billing_entity legal_entity currency invoice_id tag1 tag2 tag3 tag4 principal model").split()
TOKEN_TYPES = [("cacheread", "cache-read"), ("cachewrite1h", "cache-write-1h"), ("cachewrite", "cache-write"),
               ("inputtoken", "input"), ("outputtoken", "output")]
POLICY = {"Tax": "tax", "Credit": "credit", "Refund": "refund"}


class Group(object):
    """A sum of bill rows (attribution.md section 6)."""

    def __init__(self, key):
        for field, value in zip(GROUP_FIELDS, key):
            setattr(self, field, value)
        self.tags = [self.tag1, self.tag2, self.tag3, self.tag4]
        self.cost = self.quantity = 0
        self.pool = None
        # evidence has the grain of an hour (section 4)
        self.floor, self.raised = money.floor_hour(self.start), money.raise_hour(self.end)

    def contains(self, time):
        return self.floor <= time < self.raised

    def credit_order(self):
        """outputs.md, `calls`: the order in which groups may claim an event."""
        return money.bytewise_all([
            self.account, self.workspace, money.time_text(self.start), money.time_text(self.end), self.payer, self.workspace_source,
            self.region, self.usage_type, self.operation, self.product_code, self.billing_entity, self.legal_entity, self.invoice_id,
            self.currency] + self.tags)


class Pool(object):
    """The evidence that a claude-platform Usage group is split by, and how each event weighs."""

    def __init__(self, window, events):
        self.window, self.events = window, events
        self.method, self.weights = "call-weighted", [1] * len(events)
        self.sole = len(set(e.principal for e in events)) == 1


class Share(object):
    """One part of a group; becomes a ledger row."""

    def __init__(self, group):
        self.group = group
        self.workspace, self.workspace_source = group.workspace, group.workspace_source
        self.principal = self.workload = self.model = self.gap = ""
        self.level, self.method, self.window, self.elements = "unallocated", "none", "none", [""] * 4
        self.weight = self.weight_total = self.calls = self.cost = self.quantity = 0
        self.scope = None  # which of section 6's five it followed


def attribute(charges, events, registry, period, weights_mode):
    """(groups, shares): the whole of attribution.md from section 4 on."""
    groups = sum_groups(charges)
    usage = [g for g in groups if g.line_item_type == "Usage"]
    platform_usage = [g for g in usage if g.platform == "claude-platform"]
    for group in platform_usage:
        group.pool = pool_of(group, platform_usage, events)
        weigh(group.pool, weights_mode)
    credit = credit_calls(platform_usage, events)
    usage_shares = []
    for group in usage:
        usage_shares += usage_shares_of(group, registry, credit)
    usage_shares = split_by_rules(usage_shares, registry)
    for share in usage_shares:
        share.gap = gap_of(share, registry, period)
    shares = list(usage_shares)
    for group in groups:
        if group.line_item_type != "Usage":
            shares += following_shares(group, usage_shares, registry)
    check(groups, shares, events)
    return groups, shares


def sum_groups(charges):
    """Section 6, first paragraph; the bounds of the opening."""
    groups, totals = {}, {}
    for c in charges:
        group = groups.setdefault(c.group, None) or Group(c.group)
        groups[c.group] = group
        group.cost += c.cost
        group.quantity += c.quantity
        totals[c.currency] = totals.get(c.currency, 0) + c.cost
    for group in groups.values():
        if abs(group.cost) > money.SUM_LIMIT or abs(group.quantity) > money.SUM_LIMIT:
            raise Stop(65, "the sum of a group is beyond 10^18: %s" % group.usage_type)
    for currency, total in totals.items():
        if abs(total) > money.SUM_LIMIT:
            raise Stop(65, "the total in %s is beyond 10^18" % currency)
    return sorted(groups.values(), key=lambda g: [str(getattr(g, f)) for f in GROUP_FIELDS])


def pool_of(group, platform_usage, events):
    """Section 4: the first window that holds evidence."""
    def spoken_for(event):
        return event.workspace != "" and any(g.workspace == event.workspace and g.contains(event.time) for g in platform_usage)

    short = group.raised - group.floor < money.DAY
    if group.workspace:
        ours = [e for e in events if e.workspace == group.workspace]
        windows = [("interval", [e for e in ours if group.contains(e.time)])]
    else:
        ours = [e for e in events if e.account == group.account]
        inside = [e for e in ours if group.contains(e.time)]
        windows = [("interval", [e for e in inside if not spoken_for(e)]), ("shared", inside)]
    if short:
        windows.append(("before", [e for e in ours if group.raised - money.DAY <= e.time < group.raised]))
    for window, found in windows:
        if found:
            return Pool(window, found)
    return Pool("none", [])


def weigh(pool, mode):
    """Section 5: by tokens or by calls."""
    events = pool.events
    rated = [e for e in events if e.weight is not None]
    by_tokens = bool(rated) and (mode == "tokens" or (mode == "auto" and 100 * len(rated) >= 95 * len(events)))
    if not by_tokens:
        return

    def mean(of):
        return max(1, sum(e.weight for e in of) // len(of))

    weights = []
    for e in events:
        if e.weight is not None:
            weights.append(e.weight)
        else:
            weights.append(mean([r for r in rated if r.principal == e.principal] or rated))
    if sum(weights):
        pool.method, pool.weights = "token-weighted", weights


def credit_calls(platform_usage, events):
    """event -> the one group its call is credited to (outputs.md, `calls`)."""
    credit = {}
    for group in sorted(platform_usage, key=Group.credit_order):
        if group.pool.window == "interval":
            for e in group.pool.events:
                credit.setdefault(e, group)
    return credit


def usage_shares_of(group, registry, credit):
    """Section 6, Usage and Split."""
    claimants, calls = {}, {}
    if group.platform == "bedrock":
        claimants[(group.principal, registry.workload_of_principal(group.principal, group.start), group.model)] = 0
    elif not group.pool.events:
        claimants[("", "", "")] = 0
    else:
        for e, weight in zip(group.pool.events, group.pool.weights):
            key = (e.principal, registry.workload_of_principal(e.principal, e.time), e.model)
            claimants[key] = claimants.get(key, 0) + weight
            calls[key] = calls.get(key, 0) + int(credit.get(e) is group)
    total = sum(claimants.values())
    weighted = [(money.bytewise_all(k), w if total else 1) for k, w in claimants.items()]
    costs, quantities = money.split(group.cost, weighted), money.split(group.quantity, weighted)
    shares = []
    for key, weight in claimants.items():
        share = Share(group)
        share.principal, share.workload, share.model = key
        share.claimant_workload = share.workload
        share.weight, share.weight_total, share.calls = weight, total, calls.get(key, 0)
        share.cost, share.quantity = costs[money.bytewise_all(key)], quantities[money.bytewise_all(key)]
        share.window = group.pool.window if group.pool else "none"
        set_level(share, registry)
        shares.append(share)
    return shares


def set_level(share, registry):
    """Section 7, the rows in order."""
    group = share.group
    if share.workload:
        share.level, share.elements = "workload", registry.workloads[share.workload].elements
        if group.platform == "bedrock":
            share.method = "cur-principal"
        elif group.pool.window == "interval" and group.pool.sole:
            share.method = "sole-principal"
        else:
            share.method = group.pool.method
        return
    set_workspace_level(share, registry)


def set_workspace_level(share, registry):
    """Section 7, rows 4 to 7."""
    group = share.group
    claimed_by = registry.workload_of_workspace(group.workspace, group.start) if group.workspace else ""
    listed = registry.workspaces.get(group.workspace)
    if claimed_by:
        share.level, share.method, share.workload = "workspace", "workspace-claim", claimed_by
        share.elements = registry.workloads[claimed_by].elements
    elif any(group.tags):
        share.level, share.method, share.elements = "workspace", "workspace-tags", group.tags
    elif listed and any(listed.tags):
        share.level, share.method, share.elements = "workspace", "registry-tags", listed.tags


def split_by_rules(shares, registry):
    """What no claim gives to a workload, shared by the registry's rules (docs/attribution.md, Splits)."""
    if not registry.splits:
        return shares
    direct, result = {}, []
    for share in shares:
        if share.workload:
            key = (share.group.currency, share.workload)
            direct[key] = direct.get(key, 0) + share.cost
    for share in shares:
        group = share.group
        is_of_nothing = not (share.cost or share.quantity or share.calls)
        rule, level = None, "workspace"
        if share.principal:
            rule, level = registry.split_of("principal", share.principal, group.start), "workload"
        if not rule and share.workspace:
            rule, level = registry.split_of("workspace", share.workspace, group.start), "workspace"
        if not rule and share.level == "unallocated":
            rules = [r for r in registry.splits if r[0][0] == "unallocated" and r[0][1] in ("all", group.platform)]
            for (_, _), by, among, start, end in rules:
                if not rule and (start is None or start <= group.start) and (end is None or group.start < end):
                    rule, level = (by, among), "workspace"
        if share.workload or not rule or (is_of_nothing and (group.cost or group.quantity)):
            result.append(share)
            continue
        by, among = rule
        if by == "percent":
            weights = list(among.items())
        elif by == "even":
            weights = [(id, 1) for id in among]
        else:
            weights = [(id, max(0, direct.get((group.currency, id), 0))) for id in among]
        if not sum(w for _, w in weights):
            result.append(share)
            continue
        weights = [(id.encode(), w) for id, w in weights]
        parts = [money.split(amount, weights) for amount in (share.cost, share.quantity, share.calls)]
        for place, id in enumerate(sorted(id for id, w in weights if w or not is_of_nothing)):
            cost, quantity, calls = (part[id] for part in parts)
            if place if is_of_nothing else not (cost or quantity or calls):
                continue
            part = copy.copy(share)
            part.workload, part.level, part.cost, part.quantity, part.calls = id.decode(), level, cost, quantity, calls
            part.method = {"percent": "split-fixed", "even": "split-even", "direct": "split-direct"}[by]
            part.elements = registry.workloads[part.workload].elements
            if level == "workload":
                part.claimant_workload = part.workload
            result.append(part)
    return result


def gap_of(share, registry, period):
    """Section 8, the first that matches."""
    if share.principal and not share.claimant_workload:
        return "shared-role" if registry.is_shared_role(share.principal) else "unclaimed-principal"
    if not share.principal and share.method != "workspace-claim" and share.level != "workload" and not share.method.startswith("split-"):
        return "no-evidence"
    if share.workload and registry.estimate(share.workload, period, share.group.currency) is None:
        return "no-estimate"
    return ""


def following_shares(group, usage_shares, registry):
    """Section 6, what follows cost; and the policy that keeps it central."""
    if registry.policy.get(POLICY.get(group.line_item_type, "other"), "follow") == "keep":
        share = Share(group)
        share.method, share.cost = "kept-central", group.cost
        return [share]
    alike = [s for s in usage_shares if (s.group.platform, s.group.currency, s.group.payer) == (group.platform, group.currency, group.payer)]
    same_account = [s for s in alike if s.group.account == group.account]
    scopes = []
    if group.workspace:
        scopes.append((1, [s for s in same_account if s.workspace == group.workspace and group.contains(s.group.start)]))
    scopes.append((2, [s for s in same_account if group.contains(s.group.start)]))
    scopes.append((3, same_account))
    scopes.append((4, [s for s in alike if group.contains(s.group.start)]))
    scopes.append((5, alike))
    for number, scope in scopes:
        sums = {}
        for s in scope:
            key = (s.workspace, s.principal, s.workload, s.model, s.level) + tuple(s.elements) + (s.gap,)
            sums[key] = sums.get(key, 0) + s.cost
        weights = {key: max(0, cost) for key, cost in sums.items()}
        total = sum(weights.values())
        if total > 0:
            costs = money.split(group.cost, [(money.bytewise_all(k), w) for k, w in weights.items()])
            return [_follower(group, number, key, weight, total, costs[money.bytewise_all(key)]) for key, weight in weights.items()]
    share = Share(group)
    share.cost, share.gap = group.cost, "no-usage"
    set_workspace_level(share, registry)
    return [share]


def _follower(group, scope, key, weight, total, cost):
    share = Share(group)
    share.scope = scope
    share.workspace, share.principal, share.workload, share.model, share.level = key[:5]
    share.elements, share.gap = list(key[5:9]), key[9]
    share.workspace_source = share.method = "follows-cost"
    share.weight, share.weight_total, share.cost = weight, total, cost
    return share


def check(groups, shares, events):
    """Section 9."""
    for group in groups:
        assert sum(s.cost for s in shares if s.group is group) == group.cost
        assert sum(s.quantity for s in shares if s.group is group) == group.quantity
    assert sum(s.calls for s in shares) <= len(events)


def unused(groups, events):
    """CloudTrail evidence that fell in no pool (outputs.md, reconciliation.json)."""
    in_pools = set()
    for group in groups:
        if group.pool:
            in_pools.update(group.pool.events)
    return sum(1 for e in events if not e.own and e not in in_pools)


def token_type(group):
    """outputs.md, `token_type`: for bedrock, from the usage type."""
    if group.platform != "bedrock":
        return ""
    squeezed = group.usage_type.replace("-", "").replace("_", "").lower()
    return next((name for part, name in TOKEN_TYPES if part in squeezed), "")


def ledger(shares):
    """Shares as ledger rows, merged and sorted (outputs.md, allocations.csv): dicts by column, numbers still integers."""
    merged = {}
    for s in shares:
        g = s.group
        empty_group = g.cost == 0 and g.quantity == 0
        if s.cost == 0 and s.quantity == 0 and s.calls == 0 and not empty_group:
            continue
        row = dict(
            billing_period=g.period, usage_start=money.time_text(g.start), usage_end=money.time_text(g.end), platform=g.platform,
            payer_account_id=g.payer, usage_account_id=g.account, region=g.region, workspace_arn=s.workspace,
            workspace_source=s.workspace_source, line_item_type=g.line_item_type, usage_type=g.usage_type, invoice_id=g.invoice_id,
            principal=s.principal, workload_id=s.workload, level=s.level, method=s.method, evidence_window=s.window, model=s.model,
            token_type=token_type(g), element1=s.elements[0], element2=s.elements[1], element3=s.elements[2], element4=s.elements[3],
            weight=str(s.weight), weight_total=str(s.weight_total), currency=g.currency, gap=s.gap, billing_entity=g.billing_entity,
            legal_entity=g.legal_entity, product_code=g.product_code, operation=g.operation)
        key = tuple(row.get(c, "") for c in LEDGER_COLUMNS)
        kept = merged.setdefault(key, row)
        if kept is row:
            # the interval and the group's start as numbers, for the cards
            row.update(calls=0, quantity=0, cost=0, start=g.start, end=g.end)
        kept["calls"] += s.calls
        kept["quantity"] += s.quantity
        kept["cost"] += s.cost
    return sorted(merged.values(), key=lambda row: money.bytewise_all(cells(row)))


def cells(row):
    """A ledger row as the texts of its columns."""
    return [money.plain(row[c]) if c in ("quantity", "cost") else str(row[c]) for c in LEDGER_COLUMNS]
