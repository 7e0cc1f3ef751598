"""The month in chdb (ClickHouse in the process), as one who knows it well would write it.

The readers are told the few columns that are needed and skip the rest. The records of a trail file are kept as text; only those that mention our
source are looked into. Money is Decimal256 with 18 digits after the point.

usage: chdb_best.py DATA RESULT THREADS
"""
import sys

import chdb

import month

data, result, threads = sys.argv[1:]

COLUMNS = [
    "bill_billing_period_start_date", "bill_payer_account_id", "line_item_currency_code", "line_item_iam_principal", "line_item_line_item_type",
    "line_item_product_code", "line_item_resource_id", "line_item_unblended_cost", "line_item_usage_account_id", "line_item_usage_end_date",
    "line_item_usage_start_date", "line_item_usage_type", "product", "product_product_family"]

CANONICAL = r"""create function canonical as arn ->
    replaceRegexpOne(replaceRegexpOne(arn, '^arn:([^:]*):sts::([0-9]*):assumed-role/([^/]*)/.*$', 'arn:\\1:iam::\\2:role/\\3'),
        ':(role|user)/.*/', ':\\1/')"""

CANDIDATES = """create table candidate engine = Memory as
select bill_payer_account_id payer, line_item_usage_account_id account, line_item_currency_code currency, line_item_line_item_type kind,
    line_item_product_code code, line_item_resource_id resource, line_item_iam_principal caller,
    parseDateTimeBestEffort(line_item_usage_start_date, 'UTC') opened, parseDateTimeBestEffort(line_item_usage_end_date, 'UTC') closed,
    toDecimal256(line_item_unblended_cost, 18) cost,
    JSONExtractString(product, 'product_name') product_name,
    multiIf(product_name ilike '%(amazon bedrock edition)' or lower(product_product_family) = 'amazon bedrock'
        or line_item_product_code ilike 'amazonbedrock%', 'bedrock',
        product_name ilike '%claude platform%' or line_item_usage_type ilike '%mp:ccu-units', 'claude-platform', '') named
from file({bill}, CSVWithNames, {columns})
where startsWith(bill_billing_period_start_date, substring({first}, 1, 7))
    and (line_item_line_item_type in ('Tax', 'Credit', 'Refund', 'Fee')
        or product ilike '%bedrock edition)%' or product ilike '%claude platform%' or lower(product_product_family) = 'amazon bedrock'
        or line_item_product_code ilike 'amazonbedrock%' or line_item_usage_type ilike '%mp:ccu-units')"""

CHARGES = """create table charge engine = Memory as
with adopting as (select payer, code, min(named) adopted from candidate where kind = 'Usage' and named <> '' and code <> '' group by payer, code)
select payer, account, currency, kind, if(named <> '', named, adopted) platform,
    if(platform = 'claude-platform', extract(resource, '^(arn:[^:]*:aws-external-anthropic:[^:]*:[0-9]*:workspace/.+)$'), '') workspace,
    if(platform = 'bedrock', canonical(caller), '') principal,
    toStartOfHour(opened) opened, toStartOfHour(closed + 3599) closed, sum(candidate.cost) cost
from candidate left join adopting using (payer, code)
where platform <> ''
group by all"""

CALLS = """create table called engine = Memory as
with record as (
    select arrayJoin(arrayFilter(each -> position(each, 'aws-external-anthropic.amazonaws.com') > 0, Records)) body
    from file({trail}, JSONEachRow, 'Records Array(String)')
),
parsed as (
    select JSONExtract(body, 'Tuple(eventID String, eventSource String, eventName String, eventTime String, errorCode String,
        userIdentity Tuple(arn String, sessionContext Tuple(sessionIssuer Tuple(arn String))), resources Array(Tuple(ARN String)))') event
    from record
),
kept as (
    select any(event.eventTime) moment, any(event.userIdentity.arn) arn, any(event.userIdentity.sessionContext.sessionIssuer.arn) issuer,
        any(arrayFirst(each -> position(each, ':aws-external-anthropic:') > 0 and position(each, ':workspace/') > 0, event.resources.ARN)) workspace
    from parsed
    where event.eventSource = 'aws-external-anthropic.amazonaws.com' and event.errorCode = ''
        and event.eventName in ('CreateInference', 'CreateBatchInference', 'CreateSession', 'UpdateSession', 'ProcessEnvironmentWork')
    group by event.eventID
),
counted as (
    select workspace, if(issuer <> '', issuer, arn) caller, toStartOfHour(toDateTime(substring(moment, 1, 19), 'UTC') as time) hour, count() calls
    from kept
    where time >= toDateTime({first}, 'UTC') - interval 24 hour and time < toDateTime({next}, 'UTC')
    group by workspace, caller, hour
)
select workspace, canonical(caller) principal, hour, sum(counted.calls) calls from counted group by workspace, principal, hour"""

CLAIMS = """create table claim engine = Memory as
with workload as (
    select arrayJoin(workloads) workload
    from file({registry}, JSONEachRow, 'workloads Array(Tuple(id String, claims Array(Tuple(principal String))))')
)
select workload.id workload, canonical(arrayJoin(workload.claims.principal)) principal from workload"""

POOLS = """create table pool engine = Memory as
select rowNumberInAllBlocks() pool, * except principal from charge where kind = 'Usage' and platform = 'claude-platform'"""

WITHIN = """create table within engine = Memory as
select pool, principal, sum(called.calls) calls
from (select pool, workspace, arrayJoin(range(toUInt32(opened), toUInt32(closed), 3600))::DateTime('UTC') hour from pool) asked
join called using (workspace, hour)
group by pool, principal"""

BEFORE = """create table before engine = Memory as
select pool, principal, sum(called.calls) calls
from (
    select pool, workspace, arrayJoin(range(toUInt32(closed) - 86400, toUInt32(closed), 3600))::DateTime('UTC') hour
    from pool where closed - opened < 86400 and pool not in (select pool from within)
) asked
join called using (workspace, hour)
group by pool, principal"""

RESULT = """
with evidence as (select *, calls credited from within union all select *, 0 credited from before),
share as (
    select payer, account, platform, currency, workspace, evidence.principal principal, credited,
        if(calls = 0, pool.cost, pool.cost * calls / sum(calls) over (partition by pool)) cost
    from pool left join evidence using (pool)
    union all
    select payer, account, platform, currency, workspace, principal, 0, cost from charge where kind = 'Usage' and platform = 'bedrock'
),
spent as (
    select payer, account, platform, currency, workspace, principal, sum(credited) calls, sum(share.cost) usage
    from share group by all
),
followed as (
    select payer, account, platform, currency, sum(charge.cost) follows from charge where kind <> 'Usage' group by all
),
whole as (
    select *, usage + follows * usage / sum(usage) over (partition by payer, account, platform, currency) cost
    from spent left join followed using (payer, account, platform, currency)
)
select multiIf(workload <> '', workload, principal <> '', 'unclaimed:' || principal,
        workspace <> '', 'unattributed:' || workspace, 'unattributed:account:' || account) bill_id,
    principal agent, workspace workspace_arn, platform, currency, sum(whole.calls) calls, sum(whole.cost) cost
from whole left join claim using (principal)
group by bill_id, agent, workspace_arn, platform, currency"""


def text(value):
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def any_of(names):
    return "{" + ",".join(names) + "}"


named = {
    "bill": text(f"{data}/{any_of(name.removeprefix(f'{data}/') for files, _ in month.exports(data) for name in files)}"),
    "columns": text(", ".join(f"{name} String" for name in COLUMNS)),
    "trail": text(f"{data}/cloudtrail/AWSLogs/*/*/CloudTrail/*/{any_of(month.trail_days())}/*.json.gz"),
    "registry": text(f"{data}/registry.json"),
    "first": text(month.FIRST),
    "next": text(month.NEXT),
}
connection = chdb.connect(":memory:")
connection.query(f"set max_threads = {threads}")
connection.query(CANONICAL)
for statement in [CANDIDATES, CHARGES, CALLS, CLAIMS, POOLS, WITHIN, BEFORE]:
    connection.query(statement.format(**named))
with open(result, "wb") as file:
    file.write(connection.query(RESULT, "CSVWithNames").bytes())
