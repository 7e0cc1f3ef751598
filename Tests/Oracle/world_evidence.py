"""Random CloudTrail records and usage logs (inputs.md sections 2 and 4)."""
import gzip
import json
import uuid

import money
from world_values import ACCOUNTS, SERVICE, ROLES, MODELS, WORKSPACES


class EvidenceMaker(object):
    def identity(self):
        r, account = self.r, self.r.choice(["111122223333", "111122223333", "444455556666"])
        role = r.choice(ROLES[:2] + ROLES)
        sts = "arn:aws:sts::%s:assumed-role/%s/%s" % (account, role, r.choice(["session", "session", "ana@example.com", "bo"]))
        issuer = {"sessionContext": {"sessionIssuer": {
            "type": "Role", "arn": "arn:aws:iam::%s:role/%s%s" % (account, r.choice(["", "deep/"]), role)}}}
        form = r.randrange(24)
        if form < 10:
            return dict({"type": "AssumedRole", "principalId": "AROA:s", "arn": sts, "accountId": account}, **(issuer if self.chance(70) else {}))
        return [
            {"type": "Role", "arn": "arn:aws:iam::%s:role/x/%s" % (account, role), "accountId": account},
            {"type": "IAMUser", "arn": "arn:aws:iam::%s:user/team/alice" % account, "userName": "alice", "accountId": account},
            {"type": "IAMUser", "principalId": "p-1", "userName": "AeaApiKey-7", "accountId": account},
            {"type": "Root", "arn": "arn:aws:iam::%s:root" % account, "accountId": account},
            dict({"type": "FederatedUser", "arn": "arn:aws:sts::%s:federated-user/bob" % account, "accountId": account},
                 **({"sessionContext": {"sessionIssuer": {"arn": "arn:aws:iam::%s:user/deep/alice" % account}}} if self.chance(50) else {})),
            {"type": "AWSService", "invokedBy": "scheduler.amazonaws.com"},
            {"type": "AWSService", "principalId": "p-1"},
            {"accountId": account, "invokedBy": "x.amazonaws.com"},
            {"type": "AWSAccount", "accountId": "999999999999", "principalId": "AIDA"},
            {"type": "IdentityCenterUser", "principalId": "p9", "onBehalfOf": r.choice([{"userId": "u-1"}, None, {}]), "accountId": account},
            {"type": "WebIdentityUser", "principalId": "accounts.google.com:1", "userName": "g"},
            {"type": "Unknown", "arn": sts, "accountId": account},
            {"type": "AssumedRole", "accountId": account, "principalId": "p-1"},
            r.choice([None, {}, {"type": None, "accountId": account}]),
        ][form - 10]

    def event(self):
        r, H, D = self.r, money.HOUR, money.DAY
        hot = self.first + r.choice(self.days) * D + r.randrange(self.hours) * H
        time = r.choice([hot, hot + r.randrange(H)] * 3 + [hot + H - 1, hot + H, self.first - r.randrange(26) * H, self.following - r.randrange(3) * H,
                         self.first + r.randrange(10 * D), self.first - D, self.first - D - 1, self.following - 1])
        e = {"eventVersion": "1.11", "userIdentity": r.choice(self.cast) if self.chance(80) else self.identity(),
             "eventTime": money.time_text(time), "eventSource": SERVICE,
             "eventName": r.choice(["CreateInference"] * 6 + ["CreateBatchInference", "CreateSession", "UpdateSession", "ProcessEnvironmentWork"]),
             "awsRegion": "us-east-1", "userAgent": "x \"y\" {1} \u00e9\U0001f600", "requestID": r.choice(self.request_ids * 6 + [str(r.random())]),
             "eventID": "e%d" % r.randrange(40), "eventCategory": "Data", "recipientAccountId": r.choice(self.accounts),
             "requestParameters": r.choice([None, {"callWithBearerToken": False}, {"model": "claude-haiku-4-5"}, {"Model": "no"}, {"model": None}]),
             "resources": [{"accountId": "111122223333", "type": "AWS::AWSExternalAnthropic::Workspace",
                            "ARN": r.choice(self.places if self.chance(85) else WORKSPACES)}]}
        if self.chance(self.untold // 3):
            e["resources"] = None
        if self.chance(80):
            e["eventID"] = str(uuid.UUID(int=r.getrandbits(128)))
        odd = r.randrange(30)
        if odd == 0:
            e["eventName"] = r.choice(["CountTokens", "GetWorkspace", "ListModels"])
        elif odd == 1:
            e["errorCode"] = "ThrottlingException"
        elif odd == 2:
            e["errorCode"] = r.choice([None, ""])
        elif odd == 3:
            e["eventSource"] = r.choice(["bedrock-mantle.amazonaws.com", None, "s3.amazonaws.com"])
        elif odd == 4:
            e["eventCategory"] = r.choice(["Insight", "Aggregated", "NetworkActivity", "Management", None])
        elif odd in (5, 6):
            e["resources"] = r.choice([None, [], [{"ARN": "arn:aws:s3:::x"}], [{"arn": WORKSPACES[1]}, {"ARN": WORKSPACES[0]}],
                                       [{"ARN": None, "arn": WORKSPACES[0]}], [None, {"ARN": "x"}, {"ARN": WORKSPACES[2]}]])
        elif odd in (7, 8):
            e["sharedEventID"] = r.choice(["s1", "s2", "s3", ""])
        elif odd == 9:
            e["eventTime"] = r.choice([e["eventTime"][:-1] + ".500Z", e["eventTime"][:-1] + ".000Z"])
        elif odd == 10:
            del e["recipientAccountId"]
        return e

    def make_trail(self):
        r = self.r
        events = [self.event() for _ in range(r.choice([0, 4, 10, 20, 45]))]
        if self.dense:
            hour = self.first + self.days[0] * money.DAY
            events = [dict(self.event(), requestID=id, eventID="d" + id, eventTime=money.time_text(hour + r.randrange(3600)), errorCode=None,
                                        eventSource=SERVICE, eventCategory="Data", eventName="CreateInference", sharedEventID=None, resources=[{"ARN": self.places[0]}])
                                   for id in self.request_ids]
        noise = 1 if self.dense else 6
        for e in list(events):
            if self.chance(noise):
                events.append(e)
            if self.chance(noise):
                copy = dict(e)
                copy.update([r.choice([("eventTime", money.time_text(self.first + r.randrange(4) * 3600)), ("userIdentity", self.identity()),
                                       ("requestID", r.choice(self.request_ids)), ("errorCode", "X"), ("recipientAccountId", r.choice(ACCOUNTS)),
                                       ("sharedEventID", "s1"), ("requestParameters", {"model": "claude-sonnet-4-6"})])])
                events.append(copy)
            if self.chance(noise):
                events.append(dict(self.event(), addendum={"reason": r.choice(["UPDATED_DATA", "UPDATED_DATA", "DELIVERY_DELAY"]),
                                                           "originalEventID": e["eventID"]}))
            if self.chance(noise):
                events.append(dict(e, eventID="z" + e["eventID"], sharedEventID="q"))
        if self.fault == "no event id" and events:
            bad = dict(self.event(), eventSource=SERVICE, eventCategory="Data")
            bad.update([r.choice([("eventID", None), ("eventTime", "yesterday"), ("eventID", ""), ("eventTime", None)])])
            events.append(bad)
        if self.fault == "no record":
            events.append(5)
        r.shuffle(events)
        files = 1 if self.dense else r.choice([1, 2, 5])
        for i in range(files):
            day = self.first + r.choice([0, 0, 1, 8, -1, -2]) * money.DAY if self.chance(85) else self.following + r.choice([6, 7, 0]) * money.DAY
            where = money.date_text(day).replace("-", "/")
            gz = self.chance(75)
            path = "cloudtrail/AWSLogs/o-abc123/111122223333/CloudTrail/us-east-1/%s/f%d.json%s" % (where, i, ".gz" if gz else "")
            if i == 0 or self.chance(10):
                path = "cloudtrail/plain%d.json%s" % (i, ".gz" if gz else "")
            data = self.trail_body(events[i::files])
            if i == 0 and self.fault == "bad json":
                data = data[:-r.randrange(2, 20)] if len(data) > 40 else b"{"
                data += b"\n" + b"{\"eventSource\": tru"
            if gz:
                cut = r.randrange(len(data) + 1)
                packed = gzip.compress(data, mtime=0) if self.chance(70) else gzip.compress(data[:cut], mtime=0) + gzip.compress(data[cut:], mtime=0)
                data = packed[:-9] if i == 0 and self.fault == "cut trail" else packed
            self.write(path, data)
        self.write("cloudtrail/AWSLogs/o-abc123/111122223333/CloudTrail-Digest/us-east-1/2026/11/01/d.json.gz", b"not read")
        self.write("cloudtrail/x_Digest_y.json", b"not read")
        self.arguments += ["--cloudtrail", "cloudtrail"] + (["cloudtrail"] if self.chance(5) else [])

    def trail_body(self, events):
        r = self.r
        pretty, ascii = (2 if self.chance(25) else None), self.chance(50)

        def dump(value, **more):
            return json.dumps(value, ensure_ascii=ascii, **more)
        form = r.randrange(8)
        if not all(isinstance(e, dict) for e in events):
            form = 0
        if form == 0 or not events:
            text = dump({"Records": events}, indent=pretty)
        elif form == 1:
            text = dump({"version": 1, "Records": events, "more": {"Records": []}}, separators=(",", ":"))
        elif form == 2:
            text = "".join(dump(self.repeated(e)) + r.choice(["\n", "\r\n", "\n\n"]) for e in events)
        elif form == 3:
            text = dump(events, indent=pretty)
        elif form == 4:
            text = "\n".join(dump({"version": "0", "detail-type": "AWS API Call via CloudTrail", "source": "aws.x", "detail": e}) for e in events)
        elif form == 5:
            text = dump([{"EventId": "x", "EventSource": "x", "CloudTrailEvent": dump(e)} for e in events])
        elif form == 6:
            half = len(events) // 2
            text = dump({"Records": events[:half]}) + "\n" + dump({"Records": events[half:]})
        else:
            return ("{\"Records\": [" + ", ".join(self.repeated_text(e, dump) for e in events) + "]}").encode("utf-8")
        return text.encode("utf-8")

    def repeated(self, event):
        keys = list(event)
        self.r.shuffle(keys)
        return {k: event[k] for k in keys}

    def repeated_text(self, event, dump):
        """A record that repeats a key: of the copies the last counts."""
        key = self.r.choice(["eventName", "eventID", "eventSource", "userIdentity", "resources"])
        return "{" + dump(key) + ": \"not this\", " + dump(self.repeated(event))[1:]

    def usage_line(self):
        r = self.r
        tokens = lambda: r.choice([0, 1, 3, 1000, 812])
        usage = {"input_tokens": tokens(), "cache_creation_input_tokens": tokens(), "cache_read_input_tokens": tokens(), "output_tokens": tokens()}
        if self.chance(50):
            usage["cache_creation"] = {"ephemeral_5m_input_tokens": tokens(), "ephemeral_1h_input_tokens": tokens()}
        if self.chance(30):
            usage["server_tool_use"] = r.choice([{"web_search_requests": 2}, None, {}])
        if self.chance(5):
            usage = {}
        days = [d * money.DAY for d in self.days] * 3 + [-money.DAY, -money.DAY - 60, 40 * money.DAY]
        when = self.first + r.choice(days) + r.randrange(self.hours * 3600)
        line = {"time": money.time_text(when), "aws_request_id": r.choice(self.request_ids + self.request_ids + ["T1", "T2", "T2", "", None]),
                "model": r.choice(MODELS[:2] * 4 + MODELS), "usage": usage}
        if self.chance(50):
            line["id"] = r.choice(["msg_1", "msg_2", ""])
        if self.chance(65):
            line["workspace"] = r.choice(self.places * 3 + WORKSPACES + ["wrkspc_02", "wrkspc_01", "wrkspc_77"])
        if self.chance(65):
            line["principal"] = r.choice(["arn:aws:iam::111122223333:role/agent-a", "arn:aws:sts::111122223333:assumed-role/agent-b/s", "service:cron"])
        if self.chance(30):
            line["batch"] = r.choice([True, False])
        if self.chance(30):
            line["inference_geo"] = r.choice(["us", "global"])
        return line

    def make_usage(self):
        r = self.r
        lines = [self.usage_line() for _ in range(r.choice([0, 3, 8, 16]))]
        if self.dense:
            lines = lines[:2]
            known = self.request_ids[:r.choice([20, 19, 19, 18])]
            idle = {"input_tokens": 0, "output_tokens": 0}
            lines += [dict(self.usage_line(), aws_request_id=i, model="claude-haiku-4-5") for i in known]
            if self.chance(25):
                lines = [dict(l, usage=idle) for l in lines]
        elif self.chance(60):
            # every request known, so that pools reach 95 %
            lines += [dict(self.usage_line(), aws_request_id=i, model="claude-haiku-4-5") for i in self.request_ids]
        lines += [l for l in lines if self.chance(10)]
        texts = [r.choice(["", "2026-11-01T00:00:00Z\tabc INFO "]) + json.dumps(l) for l in lines] + ["no json here", ""]
        if self.fault == "bad usage":
            texts.append(r.choice(["{\"time\": \"x\", \"usage\": {}}", "{", "{\"time\": \"2026-11-01T00:00:00Z\"}", "a {\"usage\": {}} b"]))
        r.shuffle(texts)
        data = (r.choice(["\n", "\r\n"]).join(texts) + "\n").encode()
        gz = self.chance(50) or self.fault == "cut usage"
        data = gzip.compress(data, mtime=0) if gz else data
        if self.fault == "cut usage":
            data = data[:-9]
        self.write("usage/" + r.choice(["u.jsonl", "u.ndjson", "u.log", "u.json"]) + (".gz" if gz else ""), data)
        self.write("usage/readme.txt", b"{not read")
        self.arguments += ["--usage-log", "usage"]
        if self.chance(75):
            self.arguments.append("--trust-usage-log")
        if self.chance(20):
            rate = lambda id, day, price: {"id": id, "effectiveFrom": day, "input": price, "write5m": "2.50", "write1h": "4", "cacheRead": "0.2001",
                                           "output": "10"}
            self.write("rates.json", json.dumps({"version": 1, "models": [
                rate("claude-haiku-4-5", "2026-01-01", "2"), rate("claude-haiku-4-5", money.date_text(self.first + money.DAY), "7.5"),
                rate("claude-next", money.date_text(self.first), "1"), rate("claude-sonnet-4-6", "2025-01-01", "3")],
                "webSearchPer1000": r.choice(["10", "12.5"])}).encode())
            self.arguments += ["--rates", "rates.json"]
