"""The month in Polars, as an analyst would write it first: the scanners find out what the bill holds, money is a float, joins are by time.

What has to be said: that account ids are text, or their leading zeros are lost; and the fields of a record, or those are not seen that the first
trail file does not have.

usage: polars_obvious.py DATA RESULT THREADS
"""
import glob
import os
import sys

data, result, threads = sys.argv[1:]
os.environ["POLARS_MAX_THREADS"] = threads

import polars as pl

ACCOUNT = ["payer", "account", "platform", "currency"]
POOL = ["payer", "account", "workspace", "opened", "closed", "currency"]
CALLS = ["CreateInference", "CreateBatchInference", "CreateSession", "UpdateSession", "ProcessEnvironmentWork"]
RECORDS = {"Records": pl.List(pl.Struct({
    "eventID": pl.String, "eventSource": pl.String, "eventName": pl.String, "eventTime": pl.String, "errorCode": pl.String,
    "userIdentity": pl.Struct({"sessionContext": pl.Struct({"sessionIssuer": pl.Struct({"arn": pl.String})})}),
    "resources": pl.List(pl.Struct({"ARN": pl.String})),
}))}

ids = {"bill_payer_account_id": pl.String, "line_item_usage_account_id": pl.String}
bill = pl.concat(
    [pl.scan_csv(name, schema_overrides=ids) for name in glob.glob(f"{data}/cur/**/*.csv.gz", recursive=True)], how="diagonal_relaxed")
name = pl.col("product").str.json_path_match("$.product_name")
charge = bill.filter(pl.col("bill_billing_period_start_date").str.starts_with("2026-10")).select(
    payer="bill_payer_account_id", account="line_item_usage_account_id", currency="line_item_currency_code", kind="line_item_line_item_type",
    code="line_item_product_code", workspace="line_item_resource_id", caller="line_item_iam_principal", cost="line_item_unblended_cost",
    opened=pl.col("line_item_usage_start_date").str.to_datetime("%Y-%m-%dT%H:%M:%S%.fZ"),
    closed=pl.col("line_item_usage_end_date").str.to_datetime("%Y-%m-%dT%H:%M:%S%.fZ"),
    platform=pl.when(name.str.ends_with("(Amazon Bedrock Edition)")).then(pl.lit("bedrock"))
    .when(name.str.contains("Claude Platform") | pl.col("line_item_usage_type").str.ends_with("MP:ccu-Units"))
    .then(pl.lit("claude-platform"))).collect(engine="streaming")

event = (
    pl.scan_ndjson(f"{data}/cloudtrail/**/*.json.gz", schema=RECORDS).explode("Records").unnest("Records")
    .filter(
        pl.col("eventSource") == "aws-external-anthropic.amazonaws.com", pl.col("errorCode").is_null(), pl.col("eventName").is_in(CALLS))
    .unique("eventID")
    .select(
        moment=pl.col("eventTime").str.to_datetime("%Y-%m-%dT%H:%M:%SZ"), workspace=pl.col("resources").list.first().struct.field("ARN"),
        principal=pl.col("userIdentity").struct.field("sessionContext").struct.field("sessionIssuer").struct.field("arn")
        .str.replace("role/.*/", "role/"))).collect(engine="streaming")

claim = (
    pl.read_json(f"{data}/registry.json").select("workloads").explode("workloads").unnest("workloads").explode("claims").unnest("claims")
    .select(workload="id", principal=pl.col("principal").str.replace("role/.*/", "role/")))

usage = charge.filter(pl.col("kind") == "Usage")
pool = usage.filter(pl.col("platform") == "claude-platform").group_by(POOL).agg(pl.col("cost").sum())
within = (
    pool.lazy().join(event.lazy(), on="workspace")
    .filter(pl.col("moment") >= pl.col("opened"), pl.col("moment") < pl.col("closed"))
    .group_by(*POOL, "cost", "principal").agg(calls=pl.len()).with_columns(credited="calls").collect(engine="streaming"))
silent = pool.join(within, on=POOL, how="anti")
before = (
    silent.lazy().join(event.lazy(), on="workspace")
    .filter(pl.col("moment") >= pl.col("closed") - pl.duration(hours=24), pl.col("moment") < pl.col("closed"))
    .group_by(*POOL, "cost", "principal").agg(calls=pl.len()).with_columns(credited=0).collect(engine="streaming"))
unknown = silent.join(before, on=POOL, how="anti").with_columns(principal=pl.lit(""), calls=1, credited=0)
columns = [*ACCOUNT, "workspace", "principal", "credited", "cost"]
share = pl.concat([within, before, unknown], how="diagonal_relaxed").with_columns(
    platform=pl.lit("claude-platform"), cost=pl.col("cost") * pl.col("calls") / pl.col("calls").sum().over(POOL)).select(columns)
bedrock = usage.filter(pl.col("platform") == "bedrock").with_columns(
    workspace=pl.lit(""), credited=0,
    principal=pl.col("caller").str.replace("sts::(.*):assumed-role/(.*)/.*", "iam::${1}:role/${2}").fill_null("")).select(columns)
share = pl.concat([share, bedrock], how="vertical_relaxed")

bought = usage.filter(pl.col("platform").is_not_null()).select("payer", "code", "platform").unique()
tax = (
    charge.filter(pl.col("kind") == "Tax").drop("platform").join(bought, on=["payer", "code"])
    .group_by(ACCOUNT).agg(tax=pl.col("cost").sum()))
(
    share.join(tax, on=ACCOUNT, how="left").join(claim, on="principal", how="left")
    .with_columns(
        total=pl.col("cost") + (pl.col("tax") * pl.col("cost") / pl.col("cost").sum().over(ACCOUNT)).fill_null(0),
        bill_id=pl.when(pl.col("workload").is_not_null()).then("workload")
        .when(pl.col("principal") != "").then(pl.lit("unclaimed:") + pl.col("principal"))
        .when(pl.col("workspace") != "").then(pl.lit("unattributed:") + pl.col("workspace"))
        .otherwise(pl.lit("unattributed:account:") + pl.col("account")))
    .group_by("bill_id", agent="principal", workspace_arn="workspace", platform="platform", currency="currency")
    .agg(calls=pl.col("credited").sum(), cost=pl.col("total").sum())
    .write_csv(result))
