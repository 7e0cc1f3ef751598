#!/bin/sh
# The sample's unclaimed role becomes a governed, attributed workload: request, approval, three tasks, claim, estimate, run. docs/governance.md walks
# the same way, with the errors of every step that is out of order.
#
# usage: SampleData/governance.sh FOLDER     (apportion must be in the path; FOLDER is made, and must not be there)
set -eu
mkdir "$1"
cd "$1"
apportion sample month > /dev/null
sed 's|"workloads": \[|"workloads": [ {"id": "notebooks", "owner": "notebooks@example.com", "elements": ["Insurance", "Claims", "Research", "Notebooks"]},|' month/registry.json > registry.json
printf '%s' '{"TrailARN": "arn:aws:cloudtrail:us-east-1:111122223333:trail/org", "AdvancedEventSelectors": [{"Name": "Claude Platform", "FieldSelectors": [{"Field": "eventCategory", "Equals": ["Data"]}, {"Field": "resources.type", "Equals": ["AWS::AWSExternalAnthropic::Workspace"]}]}]}' > selectors.json
printf '%s' '{"trailList": [{"Name": "org", "TrailARN": "arn:aws:cloudtrail:us-east-1:111122223333:trail/org", "HomeRegion": "us-east-1", "IsMultiRegionTrail": true}]}' > trails.json

decide() {  # AT ACTOR VERB OBJECT [OPTION…]
    at=$1 actor=$2
    shift 2
    apportion decide "$@" --registry registry.json --decisions decisions.jsonl --at "$at" --actor "$actor"
}

decide 2026-10-05T08:00:00Z notebooks@example.com request notebooks-opus --platform claude-platform --model claude-opus-5-5 \
    --account 111122223333 --region us-east-1 --workload notebooks
decide 2026-10-06T09:00:00Z lead@example.com approve notebooks-opus --workspace-name claims --tag element1=Insurance --tag element2=Claims \
    --role-name notebook-experiments
decide 2026-10-07T09:00:00Z cloud@example.com complete notebooks-opus/1 --workspace-name claims --tag element1=Insurance --tag element2=Claims
decide 2026-10-08T09:00:00Z cloud@example.com complete notebooks-opus/2 --workspace wrkspc_01ClaimsProduction7Qx \
    --event-selectors selectors.json --trails trails.json
apportion stack notebooks-opus --registry registry.json --decisions decisions.jsonl > stack.json
decide 2026-10-09T09:00:00Z cloud@example.com complete notebooks-opus/3 --role-arn arn:aws:iam::111122223333:role/notebook-experiments \
    --function-arn arn:aws:lambda:us-east-1:111122223333:function:apportion-notebooks-opus-passthrough
decide 2026-10-13T09:00:00Z notebooks@example.com claim notebooks --principal arn:aws:iam::111122223333:role/notebook-experiments
decide 2026-10-13T10:00:00Z notebooks@example.com estimate notebooks --month 2026-10 --amount 60
decide 2026-10-13T11:00:00Z finance@example.com confirm notebooks --month 2026-10 --amount 60

apportion attribute --cur month/cur --cloudtrail month/cloudtrail --usage-log month/usage-log --registry registry.json --decisions decisions.jsonl \
    --period 2026-10 --out runs/2026-10 --quiet
apportion verify runs/2026-10 > /dev/null
apportion status runs/2026-10 --registry registry.json --decisions decisions.jsonl --owner 'notebooks@*' --csv
