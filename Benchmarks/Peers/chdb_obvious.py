"""The month in chdb (ClickHouse in the process), as an analyst would write it first: the readers find out what the files hold, money is a Float64,
joins are by time.

What has to be said: that account ids are text, or their leading zeros are lost; that the two exports differ by a column; and the fields of a record,
or those are not seen that the first trail file does not have.

usage: chdb_obvious.py DATA RESULT THREADS
"""
import sys

import chdb

data, result, threads = sys.argv[1:]

RECORDS = """Records Array(Tuple(eventID String, eventSource String, eventName String, eventTime DateTime, errorCode Nullable(String),
    userIdentity Tuple(sessionContext Tuple(sessionIssuer Tuple(arn String))), resources Array(Tuple(ARN String))))"""

connection = chdb.connect(":memory:")
connection.query(f"set max_threads = {threads}")

connection.query(f"""
create table charge engine = Memory as
select bill_payer_account_id payer, line_item_usage_account_id account, line_item_currency_code currency, line_item_line_item_type kind,
    line_item_product_code code, line_item_resource_id workspace, ifNull(line_item_iam_principal, '') caller,
    line_item_usage_start_date opened, line_item_usage_end_date closed, line_item_unblended_cost cost,
    JSONExtractString(product, 'product_name') product_name,
    multiIf(product_name like '%(Amazon Bedrock Edition)', 'bedrock',
        product_name like '%Claude Platform%' or line_item_usage_type like '%MP:ccu-Units', 'claude-platform', '') platform
from file('{data}/cur/**/*.csv.gz', CSVWithNames)
where formatDateTime(bill_billing_period_start_date, '%Y-%m') = '2026-10'
settings schema_inference_mode = 'union', schema_inference_hints = 'bill_payer_account_id String, line_item_usage_account_id String'
""")

connection.query(f"""
create table event engine = Memory as
with trail as (select arrayJoin(Records) r from file('{data}/cloudtrail/**/*.json.gz', JSONEachRow, '{RECORDS}'))
select distinct r.eventID id, r.eventTime moment, r.resources[1].ARN workspace,
    replaceRegexpOne(r.userIdentity.sessionContext.sessionIssuer.arn, 'role/.*/', 'role/') principal
from trail
where r.eventSource = 'aws-external-anthropic.amazonaws.com' and r.errorCode is null
    and r.eventName in ('CreateInference', 'CreateBatchInference', 'CreateSession', 'UpdateSession', 'ProcessEnvironmentWork')
""")

connection.query(f"""
create table claim engine = Memory as
with each as (select arrayJoin(workloads) w from file('{data}/registry.json', JSONEachRow))
select w.id workload, replaceRegexpOne(arrayJoin(w.claims).principal, 'role/.*/', 'role/') principal from each
""")

connection.query("""
create table pool engine = Memory as
select payer, account, workspace, opened, closed, currency, sum(charge.cost) cost
from charge where platform = 'claude-platform' and kind = 'Usage' group by all
""")

connection.query("""
create table within engine = Memory as
select payer, account, workspace, opened, closed, currency, cost, principal, count() calls
from pool join event using (workspace) where moment >= opened and moment < closed
group by all
""")

connection.query("""
create table before engine = Memory as
with silent as (
    select pool.* from pool left anti join within using (payer, account, workspace, opened, closed, currency)
)
select payer, account, workspace, opened, closed, currency, cost, principal, count() calls
from silent join event using (workspace) where moment >= closed - interval 24 hour and moment < closed
group by all
""")

answer = connection.query("""
with unknown as (
    select pool.*, '' principal, 1 calls
    from pool left anti join (select * from within union all select * from before) known
        using (payer, account, workspace, opened, closed, currency)
),
evidence as (
    select *, calls credited from within union all select *, 0 credited from before union all select *, 0 credited from unknown
),
share as (
    select payer, account, 'claude-platform' platform, workspace, currency, principal, credited,
        evidence.cost * calls / sum(calls) over (partition by payer, account, workspace, opened, closed, currency) cost
    from evidence
    union all
    select payer, account, platform, '', currency,
        replaceRegexpOne(caller, 'sts::(.*):assumed-role/(.*)/.*', 'iam::\\\\1:role/\\\\2'), 0, cost
    from charge where platform = 'bedrock' and kind = 'Usage'
),
tax as (
    select payer, account, bought.platform platform, currency, sum(charge.cost) tax
    from charge join (select distinct payer, code, platform from charge where kind = 'Usage' and platform <> '') bought using (payer, code)
    where kind = 'Tax'
    group by all
),
taxed as (
    select share.*, share.cost + ifNull(tax * share.cost / sum(share.cost) over (partition by payer, account, platform, currency), 0) total
    from share left join tax using (payer, account, platform, currency)
)
select multiIf(workload <> '', workload, principal <> '', 'unclaimed:' || principal,
        workspace <> '', 'unattributed:' || workspace, 'unattributed:account:' || account) bill_id,
    principal agent, workspace workspace_arn, platform, currency, sum(credited) calls, sum(total) cost
from taxed left join claim using (principal)
group by bill_id, agent, workspace_arn, platform, currency
""", "CSVWithNames")
with open(result, "wb") as file:
    file.write(answer.bytes())
