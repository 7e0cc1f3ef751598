"""The month in DuckDB, as an analyst would write it first: the readers find out what the files hold, money is a DOUBLE, joins are by time.

What has to be said: that account ids are text, or their leading zeros are lost; and that the two exports differ by a column.

usage: duckdb_obvious.py DATA RESULT THREADS
"""
import sys

import duckdb

data, result, threads = sys.argv[1:]

duckdb.sql(f"set threads = {threads}")

duckdb.sql(f"""
create table charge as
select bill_payer_account_id payer, line_item_usage_account_id account, line_item_currency_code currency, line_item_line_item_type kind,
    line_item_product_code code, line_item_resource_id workspace, line_item_iam_principal caller,
    line_item_usage_start_date opened, line_item_usage_end_date closed, line_item_unblended_cost cost,
    case when json_extract_string(product, '$.product_name') like '%(Amazon Bedrock Edition)' then 'bedrock'
        when json_extract_string(product, '$.product_name') like '%Claude Platform%' or line_item_usage_type like '%MP:ccu-Units'
        then 'claude-platform' end platform
from read_csv_auto('{data}/cur/**/*.csv.gz', union_by_name = true,
    types = {{'bill_payer_account_id': 'varchar', 'line_item_usage_account_id': 'varchar'}})
where strftime(bill_billing_period_start_date, '%Y-%m') = '2026-10'
""")

duckdb.sql(f"""
create table event as
with trail as (select unnest(Records) r from read_json_auto('{data}/cloudtrail/**/*.json.gz'))
select distinct r.eventID id, r.eventTime::timestamp moment, r.resources[1].ARN workspace,
    regexp_replace(r.userIdentity.sessionContext.sessionIssuer.arn, 'role/.*/', 'role/') principal
from trail
where r.eventSource = 'aws-external-anthropic.amazonaws.com' and r.errorCode is null
    and r.eventName in ('CreateInference', 'CreateBatchInference', 'CreateSession', 'UpdateSession', 'ProcessEnvironmentWork')
""")

duckdb.sql(f"""
create table claim as
with workload as (select unnest(workloads) w from read_json_auto('{data}/registry.json')),
each as (select w.id workload, unnest(w.claims) c from workload)
select workload, regexp_replace(c.principal, 'role/.*/', 'role/') principal from each
""")

duckdb.sql(f"""
copy (
with pool as (
    select payer, account, workspace, opened, closed, currency, sum(cost) cost
    from charge where platform = 'claude-platform' and kind = 'Usage' group by all
),
within as (
    select pool.*, principal, count(*) calls
    from pool join event on event.workspace = pool.workspace and moment >= opened and moment < closed
    group by all
),
silent as (
    select * from pool anti join within using (payer, account, workspace, opened, closed, currency)
),
before as (
    select silent.*, principal, count(*) calls
    from silent left join event on event.workspace = silent.workspace and moment >= closed - interval 24 hours and moment < closed
    group by all
),
evidence as (select *, calls credited from within union all select *, 0 credited from before),
share as (
    select payer, account, 'claude-platform' platform, workspace, currency, coalesce(principal, '') principal, credited,
        cost * calls / sum(calls) over (partition by payer, account, workspace, opened, closed, currency) cost
    from evidence
    union all
    select payer, account, platform, '', currency,
        coalesce(regexp_replace(caller, 'sts::(.*):assumed-role/(.*)/.*', 'iam::\\1:role/\\2'), ''), 0, cost
    from charge where platform = 'bedrock' and kind = 'Usage'
),
tax as (
    select payer, account, bought.platform, currency, sum(cost) tax
    from charge join (select distinct payer, code, platform from charge where kind = 'Usage' and platform is not null) bought using (payer, code)
    where kind = 'Tax'
    group by all
),
taxed as (
    select share.*, cost + coalesce(tax * cost / sum(cost) over (partition by payer, account, platform, currency), 0) total
    from share left join tax using (payer, account, platform, currency)
)
select case when workload is not null then workload when principal <> '' then 'unclaimed:' || principal
        when workspace <> '' then 'unattributed:' || workspace else 'unattributed:account:' || account end bill_id,
    principal agent, workspace workspace_arn, platform, currency, sum(credited) calls, sum(total) cost
from taxed left join claim using (principal)
group by all
) to '{result}' (header)
""")
