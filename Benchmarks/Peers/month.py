"""The files of the benchmark's month, for the peers' best forms: what the manifests list, and the trail by its delivery dates."""
import datetime
import glob
import json
import os

FIRST, NEXT = "2026-10-01", "2026-11-01"
TRAIL_SLACK_DAYS = 7


def exports(data):
    """Of every export of the month: its data files, and the names of its columns in order."""
    found = []
    for manifest in sorted(glob.glob(f"{data}/cur/*/*/metadata/BILLING_PERIOD={FIRST[:7]}/*-Manifest.json")):
        with open(manifest, encoding="utf-8") as file:
            said = json.load(file)
        files = [os.path.join(data, "cur", uri.removeprefix("s3://").split("/", 1)[1]) for uri in said["dataFiles"]]
        for name in files:
            os.stat(name)  # A reader of patterns would pass over one that is missing.
        found.append((files, [column["name"] for column in said["columns"]]))
    return found


def trail_days():
    """The delivery dates, as folders, from the day before the month to seven days after it."""
    first = datetime.date.fromisoformat(FIRST) - datetime.timedelta(days=1)
    end = datetime.date.fromisoformat(NEXT) + datetime.timedelta(days=TRAIL_SLACK_DAYS)
    return [f"{first + datetime.timedelta(days=number):%Y/%m/%d}" for number in range((end - first).days)]


def trail(data):
    """The trail files delivered on those days."""
    return [name for day in trail_days() for name in sorted(glob.glob(f"{data}/cloudtrail/AWSLogs/*/*/CloudTrail/*/{day}/*.json.gz"))]
