"""Random small worlds for the differential test: a bill, a trail, a registry, a usage log; few values, many collisions.

Every kind of value is drawn from a handful, so that pools, windows, scopes, copies and merges meet each other often. The faults of
inputs.md section 5 come one to a world, and only those that have one answer.
"""
import json
import os
import random

import money
from world_bill import BillMaker
from world_evidence import EvidenceMaker
from world_values import ACCOUNTS, PERIODS, ELEMENTS, FAULTS, BEDROCK_CODE, WORKSPACES


class World(BillMaker, EvidenceMaker):
    def __init__(self, seed, folder):
        self.seed, self.r = seed, random.Random(seed)
        self.folder = folder
        self.period = self.r.choice(PERIODS)
        self.first, self.following = money.month_bounds(self.period)
        self.arguments, self.fault, self.keep_going = [], "", self.chance(3)
        self.request_ids = ["R%d" % i for i in range(6)]
        # some worlds have one pool of twenty calls, nearly all of them rated: the border of 95 %
        self.dense = self.chance(20)
        if self.dense:
            self.request_ids = ["R%02d" % i for i in range(20)]
        # a world of its own few places and hours, so that money and calls meet
        self.places = self.r.sample(WORKSPACES, self.r.choice([1, 2, 2, 3, 6]))
        self.accounts = self.r.sample(ACCOUNTS, self.r.choice([1, 1, 2, 3]))
        self.days = self.r.sample([0, 1, 8], self.r.choice([1, 1, 2, 3]))
        self.hours = self.r.choice([1, 2, 4])
        self.cast = [self.identity() for _ in range(self.r.choice([1, 2, 3, 6]))]
        if self.chance(60):
            # the claimed roles take part
            self.cast += [dict({"type": "AssumedRole", "arn": "arn:aws:sts::111122223333:assumed-role/%s/fn" % role, "accountId": "111122223333"})
                          for role in ("agent-a", "agent-b")]
        self.untold = self.r.choice([10, 30, 80])  # percent of rows and events without a workspace

    def chance(self, percent):
        return self.r.random() * 100 < percent

    def write(self, path, data):
        full = os.path.join(self.folder, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "wb") as f:
            f.write(data)

    def build(self):
        # a fault in every fourth world, all in turn, each with and without --keep-going
        if self.seed % 4 == 0:
            turn = self.seed // 4
            self.fault, self.keep_going = FAULTS[turn % len(FAULTS)], turn // len(FAULTS) % 2 == 0
        self.make_registry()
        self.make_bill()
        if self.fault or self.chance(92):
            self.make_trail()
        if self.fault or self.chance(60):
            self.make_usage()
        self.make_options()
        return self

    def tags(self):
        if self.chance(40):
            return ["Ins", "Claims", "", ""]
        return [self.r.choice(values) for values in ELEMENTS]

    def make_registry(self):
        r, day2 = self.r, money.date_text(self.first + money.DAY)
        workloads = []
        for id in ["w1", "w2", "w3", "own"]:
            estimates = []
            for _ in range(r.choice([0, 1, 1, 1, 2])):
                e = {"month": r.choice([self.period, self.period, self.period, "2026-10"]),
                     "amount": r.choice(["100.00", "1", "0", "0.05", "12.345", "1200.00"]), "currency": r.choice(["USD", "USD", "EUR"])}
                if e["currency"] == "USD" and self.chance(30):
                    del e["currency"]
                if self.chance(75):
                    e["confirmedBy"] = r.choice(["fa@example.com", "fa@example.com", ""])
                estimates.append(e)
            workloads.append({"id": id, "name": id.upper(), "owner": id + "@example.com", "elements": [r.choice(v) for v in ELEMENTS],
                              "costCenter": "CC-1", "glAccount": "6400", "claims": [], "estimates": estimates})
        w1, w2, w3, own = workloads
        a = "arn:aws:iam::111122223333:role/agent-a"
        form = r.randrange(4)
        if form == 0:
            w1["claims"].append({"principal": a})
        elif form == 1:
            w1["claims"].append({"principal": "arn:aws:iam::111122223333:role/path/to/agent-a", "to": day2})
            w2["claims"].append({"principal": "arn:aws:sts::111122223333:assumed-role/agent-a/any", "from": day2})
        elif form == 2:
            w1["claims"].append({"principal": a, "from": day2, "to": money.date_text(self.first + 9 * money.DAY)})
        else:
            w3["claims"].append({"principal": a, "to": money.date_text(self.first)})
            w1["claims"].append({"principal": a, "from": money.date_text(self.first)})
        for principal in ["arn:aws:iam::111122223333:role/agent-b", "arn:aws:iam::444455556666:role/agent-a",
                          "arn:aws:iam::111122223333:user/team/alice", "service:scheduler.amazonaws.com", "account:999999999999",
                          "identity-center:u-1", "principal:p-1", "arn:aws:iam::111122223333:root"]:
            if self.chance(70 if "agent-b" in principal else 35):
                r.choice([w1, w2, w3])["claims"].append({"principal": principal})
        for arn in WORKSPACES:
            if self.chance(25):
                claim = {"workspace": arn}
                if self.chance(50):
                    claim[r.choice(["from", "to"])] = day2
                own["claims"].append(claim)
        if self.chance(40):
            roles = [a, "arn:aws:iam::444455556666:role/agent-a", "arn:aws:iam::111122223333:role/agent-b"]
            for pattern in r.sample(["session", "ses*", "*", "ana@example.com", "*@example.com", "b?"], r.randrange(1, 4)):
                claim = {"principal": r.choice(roles), "session": pattern}
                if self.chance(30):
                    claim[r.choice(["from", "to"])] = day2
                r.choice([w1, w2, w3, own])["claims"].append(claim)
        workspaces = []
        for arn in WORKSPACES[:5]:
            if self.chance(70):
                w = {"arn": arn, "name": r.choice(["claims", "fraud", "two"]), "tags": {}}
                for k, v in zip(("element1", "element2", "element3", "element4"), self.tags()):
                    if v or self.chance(10):
                        w["tags"][k] = v
                if self.chance(25):
                    w["billedTo"] = r.choice(ACCOUNTS)
                if not w["tags"] and self.chance(50):
                    del w["tags"]
                workspaces.append(w)
        self.registry = {"version": 1, "hierarchy": ["Business unit", "Department", "Portfolio", "Product"], "workloads": workloads,
                         "workspaces": workspaces}
        if self.chance(30):
            self.registry["sharedRolePatterns"] = r.choice([["ops-?"], ["*rog*", "service:*"], [], ["*:user/*", "agent-b"]])
        if self.chance(30):
            self.registry["policy"] = {k: r.choice(["keep", "follow"]) for k in ("tax", "credit", "refund", "other") if self.chance(50)}
        if self.chance(12):
            self.registry["tagKeys"] = ["element1", "element2", "element4", "element3"]
        if self.chance(15):
            self.registry["profile"] = r.choice([
                {"unitPrice": {"EUR": "0.009"}}, {"unitPrice": {}}, {"unitPrice": {"USD": "0.01", "EUR": "0.01"}},
                {"platforms": [{"platform": "claude-platform", "any": [{"column": "legal_entity", "startsWith": "ANTHROPIC"},
                                                                       {"column": "description", "contains": "ccu"}]},
                               {"platform": "bedrock", "any": [{"column": "product_code", "equals": BEDROCK_CODE.upper()},
                                                               {"column": "operation", "equals": "invokeModel"}]}]}])
        if self.chance(40):
            self.registry["splits"] = self.make_splits(day2)
        if self.fault == "double claim":
            w1["claims"].append({"principal": "arn:aws:iam::444455556666:role/x/twice"})
            w2["claims"].append({"principal": "arn:aws:iam::444455556666:role/twice", "from": day2})
        if self.fault == "unknown key":
            self.registry["workspace"] = []
        self.save_registry()

    def make_splits(self, day2):
        r, ids, splits = self.r, ["w1", "w2", "w3", "own"], []
        anchors = [("principal", "arn:aws:iam::111122223333:role/agent-a"), ("principal", "arn:aws:iam::111122223333:role/x/agent-b"),
                   ("principal", "principal:p-1"), ("workspace", WORKSPACES[0]), ("workspace", WORKSPACES[1]),
                   ("unallocated", r.choice(["all", "claude-platform", "bedrock"]))]
        for kind, anchor in anchors:
            if not self.chance(45):
                continue
            split = {kind: anchor, "by": r.choice(["percent", "even", "direct"])}
            among = r.sample(ids, r.randrange(1, 5))
            if split["by"] == "percent":
                parts = [r.randrange(0, 100 * 10 ** 18) for _ in among[1:]]
                cuts = [0] + sorted(parts) + [100 * 10 ** 18]
                split["shares"] = {id: money.plain(b - a) for id, a, b in zip(among, cuts, cuts[1:])}
            elif split["by"] == "even" or self.chance(50):
                split["workloads"] = among
            if self.chance(30):
                split[r.choice(["from", "to"])] = day2
            splits.append(split)
        return splits

    def save_registry(self):
        self.write("registry.json", json.dumps(self.registry, ensure_ascii=self.chance(50), indent=1).encode())

    def make_options(self):
        r = self.r
        self.arguments += ["--registry", "registry.json", "--period", self.period]
        if self.chance(60):
            self.arguments += ["--weights", r.choice(["auto", "calls", "tokens", "tokens"])]
        if self.chance(35):
            self.arguments += ["--as-of", money.time_text(r.choice([self.first - 5, self.first, self.first + 5000, self.first + 9 * money.DAY + 70,
                                                                    self.following, self.following + 90000]))]
        if self.chance(15):
            self.arguments += ["--cost", r.choice(["net", "unblended"])]
        if self.chance(15):
            self.arguments += ["--trail-slack", r.choice(["0", "6", "30"])]
        if self.keep_going:
            self.arguments.append("--keep-going")
        if self.chance(8):
            self.arguments += ["--fail-if", r.choice(["unallocated>5%", "coverage<90%"])]

    def tune_estimates(self, actual):
        """Estimates close to what was spent ({workload: atto}), so that every band is met."""
        for w in self.registry["workloads"]:
            if w["id"] in actual:
                # an exact 98, 102 or 110 % stands on the border of two bands
                exact = [f for f in (98, 102, 110) if actual[w["id"]] * 100 % f == 0]
                factor = self.r.choice(exact if exact and self.chance(60) else [80, 98, 99, 100, 101, 102, 103, 106, 110, 111])
                w["estimates"] = [{"month": self.period, "amount": money.plain(max(1, actual[w["id"]] * 100 // factor)), "currency": "USD",
                                   "confirmedBy": "fa@example.com"}]
        self.save_registry()
        if "--as-of" not in self.arguments:
            self.arguments += ["--as-of", money.time_text(self.following)]
