"""The month in Polars, as one who knows it well would write it.

Everything is lazy and streamed: only the columns named are parsed, rows are dropped as they are read, and the trail is decoded to a schema that
holds only what is needed. Money is Decimal(38, 18).

usage: polars_best.py DATA RESULT THREADS
"""
import os
import sys

data, result, threads = sys.argv[1:]
os.environ["POLARS_MAX_THREADS"] = threads

import polars as pl

import month

MONEY = pl.Decimal(38, 18)
ACCOUNT = ["payer", "account", "platform", "currency"]
CALLS = ["CreateInference", "CreateBatchInference", "CreateSession", "UpdateSession", "ProcessEnvironmentWork"]
RECORDS = pl.Struct({"Records": pl.List(pl.Struct({
    "eventID": pl.String, "eventSource": pl.String, "eventName": pl.String, "eventTime": pl.String, "errorCode": pl.String,
    "userIdentity": pl.Struct({"arn": pl.String, "sessionContext": pl.Struct({"sessionIssuer": pl.Struct({"arn": pl.String})})}),
    "resources": pl.List(pl.Struct({"ARN": pl.String})),
}))})


def canonical(arn):
    return (
        arn.str.replace("^arn:([^:]*):sts::([0-9]*):assumed-role/([^/]*)/.*$", "arn:${1}:iam::${2}:role/${3}")
        .str.replace(":(role|user)/.*/", ":${1}/"))


def time(column):
    return pl.col(column).str.slice(0, 19).str.to_datetime("%Y-%m-%dT%H:%M:%S")


def lines(files, columns):
    """The rows of one export that may be charges."""
    principal = pl.col("line_item_iam_principal") if "line_item_iam_principal" in columns else pl.lit("")
    return (
        pl.scan_csv(files, schema=dict.fromkeys(columns, pl.String))
        .filter(
            pl.col("bill_billing_period_start_date").str.starts_with(month.FIRST[:7]),
            pl.col("line_item_line_item_type").is_in(["Tax", "Credit", "Refund", "Fee"])
            | pl.col("product").str.contains(r"(?i)\(amazon bedrock edition\)|claude platform")
            | pl.col("product_product_family").str.contains("(?i)^amazon bedrock$")
            | pl.col("line_item_product_code").str.contains("(?i)^amazonbedrock")
            | pl.col("line_item_usage_type").str.contains("(?i)mp:ccu-units$"))
        .select(
            payer="bill_payer_account_id", account="line_item_usage_account_id", currency="line_item_currency_code",
            kind="line_item_line_item_type", code="line_item_product_code", usage_type="line_item_usage_type", family="product_product_family",
            product="product", resource="line_item_resource_id", principal=principal, opened="line_item_usage_start_date",
            closed="line_item_usage_end_date", cost="line_item_unblended_cost"))


def charges(candidates):
    name = pl.col("product").str.json_path_match("$.product_name").fill_null("").str.to_lowercase()
    judged = candidates.with_columns(pl.col("code", "family", "usage_type", "principal").fill_null("")).with_columns(
        platform=pl.when(
            name.str.ends_with("(amazon bedrock edition)") | (pl.col("family").str.to_lowercase() == "amazon bedrock")
            | pl.col("code").str.to_lowercase().str.starts_with("amazonbedrock")).then(pl.lit("bedrock"))
        .when(name.str.contains("claude platform", literal=True) | pl.col("usage_type").str.to_lowercase().str.ends_with("mp:ccu-units"))
        .then(pl.lit("claude-platform")))
    adopting = (
        judged.filter(pl.col("kind") == "Usage", pl.col("platform").is_not_null(), pl.col("code") != "")
        .group_by("payer", "code").agg(adopted=pl.col("platform").min()))
    is_claude = pl.col("platform") == "claude-platform"
    return (
        judged.join(adopting, on=["payer", "code"], how="left").with_columns(platform=pl.coalesce("platform", "adopted"))
        .filter(pl.col("platform").is_not_null())
        .with_columns(
            workspace=pl.when(is_claude)
            .then(pl.col("resource").str.extract("^(arn:[^:]*:aws-external-anthropic:[^:]*:[0-9]*:workspace/.+)$")).fill_null(""),
            principal=pl.when(is_claude).then(pl.lit("")).otherwise(canonical(pl.col("principal"))),
            opened=time("opened").dt.truncate("1h"), closed=(time("closed") + pl.duration(seconds=3599)).dt.truncate("1h"))
        .group_by(*ACCOUNT, "kind", "workspace", "principal", "opened", "closed").agg(pl.col("cost").cast(MONEY).sum()))


def calls():
    issuer = pl.col("userIdentity").struct.field("sessionContext").struct.field("sessionIssuer").struct.field("arn")
    arn = pl.element().struct.field("ARN")
    record = pl.col("Records").struct
    return (
        pl.scan_lines(month.trail(data), name="text").select(pl.col("text").str.json_decode(RECORDS).struct.field("Records")).explode("Records")
        .filter(
            record.field("eventSource") == "aws-external-anthropic.amazonaws.com", record.field("eventName").is_in(CALLS),
            record.field("errorCode").fill_null("") == "")
        .unnest("Records")
        .unique("eventID")
        .select(
            principal=pl.coalesce(issuer, pl.col("userIdentity").struct.field("arn")), moment=time("eventTime"),
            workspace=pl.col("resources").list.eval(
                arn.filter(arn.str.contains("^arn:[^:]*:aws-external-anthropic:.*:workspace/"))).list.first())
        .filter(
            pl.col("moment") >= pl.lit(month.FIRST).str.to_datetime("%Y-%m-%d") - pl.duration(hours=24),
            pl.col("moment") < pl.lit(month.NEXT).str.to_datetime("%Y-%m-%d"))
        .group_by("workspace", pl.col("principal"), hour=pl.col("moment").dt.truncate("1h")).agg(calls=pl.len())
        .group_by("workspace", canonical(pl.col("principal")), "hour").agg(pl.col("calls").sum()))


def called_in(pools, opened, called):
    """The calls of each pool's workspace from `opened` to its end, by principal."""
    hours = pools.select("pool", "workspace", hour=pl.datetime_ranges(opened, "closed", "1h", closed="left")).explode("hour")
    return hours.join(called, on=["workspace", "hour"]).group_by("pool", "principal").agg(pl.col("calls").sum())


candidates, called = pl.collect_all([pl.concat(lines(*export) for export in month.exports(data)), calls()], engine="streaming")
charge = charges(candidates)
usage = charge.filter(pl.col("kind") == "Usage")
pools = usage.filter(pl.col("platform") == "claude-platform").drop("principal").with_row_index("pool")
within = called_in(pools, pl.col("opened"), called).with_columns(credited="calls")
silent = pools.join(within, on="pool", how="anti").filter(pl.col("closed") - pl.col("opened") < pl.duration(hours=24))
before = called_in(silent, pl.col("closed") - pl.duration(hours=24), called).with_columns(credited=pl.lit(0, pl.UInt32))
weight = pl.col("calls").fill_null(1).cast(pl.Decimal(38, 0))
shares = pools.join(pl.concat([within, before]), on="pool", how="left").with_columns(
    pl.col("principal").fill_null(""), pl.col("credited").fill_null(0), cost=pl.col("cost") * weight / weight.sum().over("pool"))
held = [*ACCOUNT, "workspace", "principal", "credited", "cost"]
bedrock = usage.filter(pl.col("platform") == "bedrock").with_columns(credited=pl.lit(0, pl.UInt32))
spent = pl.concat([shares.select(held), bedrock.select(held)]).group_by(*ACCOUNT, "workspace", "principal").agg(
    calls=pl.col("credited").sum(), cost=pl.col("cost").sum())
taxes = charge.filter(pl.col("kind") != "Usage").group_by(ACCOUNT).agg(follows=pl.col("cost").sum())
claims = (
    pl.read_json(f"{data}/registry.json", schema={"workloads": pl.List(pl.Struct({
        "id": pl.String, "claims": pl.List(pl.Struct({"principal": pl.String}))}))})
    .explode("workloads").unnest("workloads").explode("claims").unnest("claims")
    .select(workload="id", principal=canonical(pl.col("principal"))))
(
    spent.join(taxes, on=ACCOUNT, how="left").join(claims, on="principal", how="left")
    .with_columns(
        cost=pl.col("cost") + (pl.col("follows") * pl.col("cost") / pl.col("cost").sum().over(ACCOUNT)).fill_null(0),
        bill_id=pl.when(pl.col("workload").is_not_null()).then("workload")
        .when(pl.col("principal") != "").then(pl.lit("unclaimed:") + pl.col("principal"))
        .when(pl.col("workspace") != "").then(pl.lit("unattributed:") + pl.col("workspace"))
        .otherwise(pl.lit("unattributed:account:") + pl.col("account")))
    .group_by("bill_id", agent="principal", workspace_arn="workspace", platform="platform", currency="currency")
    .agg(pl.col("calls").sum(), pl.col("cost").sum())
    .write_csv(result))
