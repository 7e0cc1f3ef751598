"""The month in DuckDB, as one who knows it well would write it.

The columns come from the manifest, so that nothing is sniffed and only what the query names is parsed. A trail file is read as one JSON value
whose records are taken apart as text; only those that mention our source are looked into. Money is whole 10^-18 in a HUGEINT, the tax a DOUBLE.

usage: duckdb_best.py DATA RESULT THREADS
"""
import sys

import duckdb

import month

data, result, threads = sys.argv[1:]

CANONICAL = r"""create macro canonical(arn) as
    regexp_replace(regexp_replace(arn, '^arn:([^:]*):sts::([0-9]*):assumed-role/([^/]*)/.*$', 'arn:\1:iam::\2:role/\3'), ':(role|user)/.*/', ':\1/')"""

CHARGES = """create temp table charge as
with line as (from ({exports})),
candidate as (
    select bill_payer_account_id payer, line_item_usage_account_id account, line_item_currency_code currency, line_item_line_item_type kind,
        line_item_product_code code, line_item_usage_type usage_type, product_product_family family,
        coalesce(product->>'$.product_name', '') product_name, line_item_resource_id resource, coalesce(line_item_iam_principal, '') principal,
        line_item_usage_start_date::timestamp opened, line_item_usage_end_date::timestamp closed,
        line_item_unblended_cost::decimal(38, 18) cost
    from line
    where bill_billing_period_start_date[:7] = '{first}'[:7]
        and (line_item_line_item_type in ('Tax', 'Credit', 'Refund', 'Fee')
            or product ilike '%bedrock edition)%' or product ilike '%claude platform%' or product_product_family ilike 'amazon bedrock'
            or line_item_product_code ilike 'amazonbedrock%' or line_item_usage_type ilike '%mp:ccu-units')
),
judged as (
    select *, case
        when product_name ilike '%(amazon bedrock edition)' or family ilike 'amazon bedrock' or code ilike 'amazonbedrock%' then 'bedrock'
        when product_name ilike '%claude platform%' or usage_type ilike '%mp:ccu-units' then 'claude-platform' end named
    from candidate
),
adopting as (select payer, code, min(named) adopted from judged where kind = 'Usage' and named is not null and code <> '' group by all)
select payer, account, currency, kind, coalesce(named, adopted) platform,
    if(platform = 'claude-platform', regexp_extract(resource, '^arn:[^:]*:aws-external-anthropic:[^:]*:[0-9]*:workspace/.+$'), '') workspace,
    if(platform = 'bedrock', canonical(principal), '') principal,
    date_trunc('hour', opened) opened, date_trunc('hour', closed + interval '59 minutes 59 seconds') closed,
    replace(sum(cost)::varchar, '.', '')::hugeint atto
from judged left join adopting using (payer, code)
where platform is not null
group by all"""

CALLS = """create temp table called as
with record as (
    select unnest(json->'$.Records[*]') body from read_json_objects({trail}, format = 'unstructured')
),
parsed as (
    select unnest(from_json(body, '{{"eventID": "varchar", "eventSource": "varchar", "eventName": "varchar", "eventTime": "varchar",
        "errorCode": "varchar", "userIdentity": {{"arn": "varchar", "sessionContext": {{"sessionIssuer": {{"arn": "varchar"}}}}}},
        "resources": [{{"ARN": "varchar"}}]}}'))
    from record
    where contains(body, 'aws-external-anthropic.amazonaws.com')
),
event as (
    select distinct on (eventID) eventTime::timestamp moment, coalesce(userIdentity.sessionContext.sessionIssuer.arn, userIdentity.arn) caller,
        list_filter(resources, lambda each: contains(each.ARN, ':aws-external-anthropic:') and contains(each.ARN, ':workspace/'))[1].ARN workspace
    from parsed
    where eventSource = 'aws-external-anthropic.amazonaws.com' and coalesce(errorCode, '') = ''
        and eventName in ('CreateInference', 'CreateBatchInference', 'CreateSession', 'UpdateSession', 'ProcessEnvironmentWork')
),
counted as (
    select workspace, caller, date_trunc('hour', moment) in_hour, count(*) calls
    from event
    where moment >= timestamp '{first}' - interval 24 hours and moment < timestamp '{next}'
    group by all
)
select workspace, canonical(caller) principal, in_hour, sum(calls) calls from counted group by all"""

CLAIMS = """create temp table claim as
with workload as (select unnest(workloads, recursive := true) from read_json({registry}, columns = {{
    workloads: 'struct(id varchar, claims struct(principal varchar)[])[]'}}))
select id workload, canonical(claim.principal) principal from (select id, unnest(claims) claim from workload)"""

RESULT = """copy (
with pool as (
    select row_number() over () pool, * from charge where kind = 'Usage' and platform = 'claude-platform'
),
within as (
    select pool, principal, sum(calls) calls
    from (select pool, workspace, unnest(range(opened, closed, interval 1 hour)) in_hour from pool) join called using (workspace, in_hour)
    group by all
),
before as (
    select pool, principal, sum(calls) calls
    from (select pool, workspace, unnest(range(closed - interval 24 hours, closed, interval 1 hour)) in_hour
        from pool where closed - opened < interval 24 hours and pool not in (select pool from within))
    join called using (workspace, in_hour)
    group by all
),
evidence as (select *, calls credited from within union all select *, 0 from before),
share as (
    select payer, account, platform, currency, workspace, coalesce(evidence.principal, '') principal, coalesce(credited, 0) credited,
        coalesce((atto * calls::hugeint) // sum(calls) over (partition by pool)::hugeint, atto) atto
    from pool left join evidence using (pool)
    union all
    select payer, account, platform, currency, workspace, principal, 0, atto from charge where kind = 'Usage' and platform = 'bedrock'
),
spent as (
    select payer, account, platform, currency, workspace, principal, sum(credited) calls, sum(atto)::hugeint atto from share group by all
),
followed as (
    select payer, account, platform, currency, sum(atto)::double / 1e18 follows from charge where kind <> 'Usage' group by all
),
whole as (
    select *, atto::decimal(38, 0) * 0.000000000000000001 as usage,
        coalesce(follows * atto::double / sum(atto) over (partition by payer, account, platform, currency)::double, 0)::decimal(38, 18) tax
    from spent left join followed using (payer, account, platform, currency)
)
select case when workload is not null then workload when principal <> '' then 'unclaimed:' || principal
        when workspace <> '' then 'unattributed:' || workspace else 'unattributed:account:' || account end bill_id,
    principal agent, workspace workspace_arn, platform, currency, sum(calls) calls, sum(usage + tax) cost
from whole left join claim using (principal)
group by all
) to {result} (header)"""


def text(value):
    return "'" + value.replace("'", "''") + "'"


def export(files, columns):
    """One export's rows, its columns read as text."""
    listed = "[" + ", ".join(map(text, files)) + "]"
    named = "{" + ", ".join(f"{text(name)}: 'varchar'" for name in columns) + "}"
    return f"from read_csv({listed}, columns = {named}, header = true, auto_detect = false, delim = ',', quote = '\"', escape = '\"')"


connection = duckdb.connect()
connection.execute(f"set threads = {threads}")
connection.execute("set preserve_insertion_order = false")
connection.execute(CANONICAL)
connection.execute(CHARGES.format(exports=" union all by name ".join(export(*each) for each in month.exports(data)), first=month.FIRST))
connection.execute(CALLS.format(trail="[" + ", ".join(map(text, month.trail(data))) + "]", first=month.FIRST, next=month.NEXT))
connection.execute(CLAIMS.format(registry=text(f"{data}/registry.json")))
connection.execute(RESULT.format(result=text(result)))
