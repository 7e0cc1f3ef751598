#!/usr/bin/env python3
"""Opens reports in a real browser and looks for what must not be there, and for what must.

usage: browse.py --bin PATH [--pictures DIR]

The sample's report, a hostile one and a large one; light, dark, on a phone, with the keyboard, in print. Counts checks, and prints each that fails.
`--pictures` keeps screenshots. Nothing here asserts a time: how long the large report takes to open is printed.
"""
import argparse
import csv
import gzip
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from fractions import Fraction

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

HOSTILE = [
    "<script>window.hacked=1</script>", "</script><img src=x onerror=window.hacked=1>", "\"onload=\"window.hacked=1", "a'b\"c&amp;<b>d</b>", "שלום\u202egpj.exe\u2066",
    "👩‍👩‍👧‍👦保険金請求🇩🇪👍🏽", "x" * 4000, "a b " * 1000, "=1+1", "javascript:window.hacked=1", "]]>--><!--", "\\u003c/script\\u003e", "a\u0301\u0302\u0303" * 40,
]
# Between any two fills that stand beside each other, as CIELAB: seen by all, without red or green cones, and in greyscale.
LEAST_DISTANCE, LEAST_GREY = 12, 6


class Checks:
    def __init__(self):
        self.passed = self.failed = 0

    def that(self, holds, what):
        if holds:
            self.passed += 1
        else:
            self.failed += 1
            print(f"FAIL {what}", flush=True)


def run(*command, **more):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **more)
    if done.returncode != 0:
        sys.exit(f"browse: {' '.join(command)[:300]} ended with {done.returncode}: {done.stdout.decode()[:600]}")
    return done.stdout.decode()


# Months

def sample(binary, folder):
    """Two months, so that one can be compared with the other."""
    out = os.path.join(folder, "sample", "2026-10")
    run(binary, "attribute", "--cur", "SampleData/cur", "--cloudtrail", "SampleData/cloudtrail", "--usage-log", "SampleData/usage-log", "--registry",
        "SampleData/registry.json", "--period", "2026-10", "--out", out, "--html", "--quiet")
    return out


COLUMNS = [
    "bill_billing_period_start_date", "bill_payer_account_id", "bill_billing_entity", "bill_invoice_id", "line_item_usage_account_id", "line_item_line_item_type",
    "line_item_usage_start_date", "line_item_usage_end_date", "line_item_product_code", "line_item_usage_type", "line_item_usage_amount", "line_item_currency_code",
    "line_item_unblended_cost", "line_item_legal_entity", "line_item_iam_principal", "product_product_name",
]


def month(binary, folder, workloads, rows):
    """A month of Bedrock, whose bill names the caller. `workloads` are registry entries, `rows` (caller, hour, cost, invoice)."""
    os.makedirs(folder)
    with open(os.path.join(folder, "registry.json"), "w", encoding="utf-8") as file:
        json.dump({"version": 1, "workloads": workloads}, file)
    with gzip.open(os.path.join(folder, "bill.csv.gz"), "wt", compresslevel=1, encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for caller, hour, cost, invoice in rows:
            start = f"2026-10-{hour // 24 % 31 + 1:02}T{hour % 24:02}:00:00Z"
            end = f"2026-10-{hour // 24 % 31 + 1:02}T{hour % 24:02}:59:59Z"
            writer.writerow(["2026-10-01T00:00:00Z", "111122223333", "AWS Marketplace", invoice, "111122223333", "Usage", start, end, "x1",
                             "USE1-InputTokenCount", "1", "USD", cost, "Anthropic, PBC", f"arn:aws:iam::111122223333:role/{caller}",
                             "Claude Sonnet 4.6 (Amazon Bedrock Edition)"])
    out = os.path.join(folder, "2026-10")
    run(binary, "attribute", "--cur", os.path.join(folder, "bill.csv.gz"), "--registry", os.path.join(folder, "registry.json"), "--period", "2026-10", "--out", out, "--html", "--quiet")
    return out


def hostile(binary, folder):
    workloads, rows = [], []
    for place, name in enumerate(HOSTILE):
        workloads.append({"id": name, "name": name, "owner": name, "costCenter": name, "glAccount": name, "elements": [name, name, name, name],
                          "claims": [{"principal": f"arn:aws:iam::111122223333:role/r{place}"}]})
        rows += [(f"r{place}", place, f"{place + 1}.5", name[:200]), (f"u{place}{re.sub('[^a-z]', '', name)[:40]}", place + 20, "2", "")]
    return month(binary, os.path.join(folder, "hostile"), workloads, rows)


def large(binary, folder):
    count, each = 5000, 40
    workloads = [{"id": f"workload-{n:04}", "owner": f"team-{n % 90}@example.com", "claims": [{"principal": f"arn:aws:iam::111122223333:role/agent-{n:04}"}],
                  "estimates": [{"month": "2026-10", "amount": "40.00", "currency": "USD", "confirmedBy": "finance@example.com"}]} for n in range(count)]
    rows = ((f"agent-{n:04}", k * 17 % 744, f"{(n * 7 + k) % 300 / 100 + 0.01:.2f}", "") for n in range(count) for k in range(each))
    return month(binary, os.path.join(folder, "large"), workloads, rows)


# Looking

class Looker:
    def __init__(self, browser, checks, pictures):
        self.browser, self.checks, self.pictures = browser, checks, pictures

    def open(self, path, name, **options):
        """A page of the report, watched."""
        context = self.browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        page = context.new_page()
        page.said, page.asked = [], []
        page.on("console", lambda message: page.said.append(message.text))
        page.on("pageerror", lambda error: page.said.append(str(error)))
        page.on("request", lambda request: page.asked.append(request.url))
        page.on("dialog", lambda dialog: (page.said.append("dialog"), dialog.dismiss()))
        start = time.perf_counter()
        page.goto("file://" + os.path.abspath(path), timeout=60_000)
        page.wait_for_selector("html[data-ready=yes]", timeout=60_000, state="attached")
        page.seconds = time.perf_counter() - start
        page.name = name
        return page

    def quiet(self, page):
        """Nothing was said on the console, nothing but the page itself was asked for, nothing foreign ran."""
        self.checks.that(not page.said, f"{page.name}: the console says {page.said[:3]}")
        asked = [url for url in page.asked if not url.startswith("file://") or not url.split("#")[0].endswith("report.html")]
        self.checks.that(not [url for url in asked if url != "data:,"], f"{page.name}: asks for {asked[:3]}")
        self.checks.that(page.evaluate("window.hacked === undefined"), f"{page.name}: foreign script ran")
        self.checks.that(page.evaluate("document.scripts.length") == 2, f"{page.name}: has other scripts than its own two")
        active = page.evaluate("document.querySelectorAll('iframe,object,embed,form,img,video,audio,base,[onclick],[onerror],[onload],a[href^=\"javascript:\"]').length")
        turned = page.evaluate("/[\\u202a-\\u202e\\u2066-\\u2069]/.test(document.body.innerText)")
        self.checks.that(not turned, f"{page.name}: a text turns the direction of what stands around it")
        self.checks.that(active == 0, f"{page.name}: has {active} active elements")

    def fits(self, page):
        width = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        self.checks.that(width <= 0, f"{page.name}: is {width} pixels wider than the window")

    def accessible(self, page):
        found = Axe().run(page)
        for violation in found.response["violations"]:
            nodes = [node["target"] for node in violation["nodes"]][:3]
            self.checks.that(False, f"{page.name}: axe: {violation['id']}: {violation['help']}: {nodes}")
        self.checks.that(len(found.response["passes"]) > 20, f"{page.name}: axe looked at little")

    def picture(self, page, name, **options):
        if self.pictures:
            page.screenshot(path=os.path.join(self.pictures, f"{name}.png"), **options)


def exactness(page, checks, out):
    """Figures of the page against the run's own files."""
    with open(os.path.join(out, "allocations.csv"), newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    charged = sum(Fraction(row["cost"]) for row in rows if row["currency"] == "USD")
    page.evaluate("location.hash = '#rows/currency=USD'")
    page.wait_for_function("document.getElementById('rows-what').textContent.includes('exactly')")
    said = page.inner_text("#rows-what")
    number, total = re.search(r"USD: ([\d,]+), adding up to exactly (-?[\d.]+) USD", said).groups()
    checks.that(int(number.replace(",", "")) == len([row for row in rows if row["currency"] == "USD"]), f"rows of the page: {said}")
    checks.that(Fraction(total) == charged, f"the page's rows add up to {total}, the ledger's to {float(charged)}")
    # Every figure of the charts' tables is what its rows add up to.
    checked = 0
    for row in page.query_selector_all(".figures-table tbody tr"):
        link = row.query_selector("a")
        heads = row.evaluate("(row) => [...row.closest('table').querySelectorAll('thead th')].map((head) => head.textContent)")
        cells = row.evaluate("(row) => [...row.children].map((cell) => cell.textContent)")
        figure = dict(zip(heads, cells))
        shown = figure.get("all") or figure.get("cost") or figure.get("month")
        page.evaluate("(hash) => { location.hash = hash }", link.get_attribute("href"))
        page.wait_for_timeout(0)
        said = page.inner_text("#rows-what")
        exact = re.search(r"exactly (-?[\d.]+) ", said)
        value = Fraction(exact[1]) if exact else Fraction(0)
        checks.that(abs(value - Fraction(shown.replace(",", ""))) <= Fraction(1, 200), f"{cells}: shown {shown}, its rows: {said}")
        checked += 1
    # And of single cells.
    for link in page.query_selector_all(".figures-table tbody td a"):
        shown = link.evaluate("(link) => link.textContent")
        page.evaluate("(hash) => { location.hash = hash }", link.get_attribute("href"))
        page.wait_for_timeout(0)
        said = page.inner_text("#rows-what")
        exact = re.search(r"exactly (-?[\d.]+) ", said)
        checks.that(exact and abs(Fraction(exact[1]) - Fraction(shown.replace(",", ""))) <= Fraction(1, 200), f"{link.get_attribute('href')}: shown {shown}, its rows: {said}")
    checks.that(checked > 50, f"only {checked} rows of charts' tables were compared")
    # Every link to rows leads to some, and to no fault.
    links = page.evaluate("[...new Set([...document.querySelectorAll('a[href^=\"#rows/\"]')].map((link) => link.getAttribute('href')))]")
    checks.that(len(links) > 40, f"only {len(links)} figures lead to rows")
    for link in links:
        page.evaluate("(hash) => { location.hash = hash }", link)
        page.wait_for_timeout(0)
        said = page.inner_text("#rows-what")
        checks.that(": 0." not in said, f"{link}: {said}")


def figures(page, checks, out):
    """Cards, bills and gaps as the CSV files have them."""
    for name, table in (("gaps.csv", "#gaps-table"), ("spend-cards.csv", "#cards-table")):
        with open(os.path.join(out, name), newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        if name == "spend-cards.csv":
            rows = [row for row in rows if row["period_kind"] == "month" and row["card_type"] == "workload"]
        shown = page.inner_text(f"{table} [role=status]")
        checks.that(f"of {len(rows)}" in shown, f"{table} shows {shown}, {name} has {len(rows)}")
    for link in page.query_selector_all("#glance dd a, #gaps-table td a, #card dd a, #card td a, #bill td a"):
        exact, hash = link.get_attribute("title"), link.get_attribute("href")
        page.evaluate("(hash) => { location.hash = hash }", hash)
        page.wait_for_timeout(0)
        said = page.inner_text("#rows-what")
        checks.that(f"exactly {exact} " in said, f"{hash}: {exact}: {said}")


def keyboard(page, checks):
    """Everything that can be clicked can be reached by the Tab key; a table sorts by the keyboard alone."""
    wanted = page.evaluate("""[...document.querySelectorAll('a[href],button:not([disabled]),select,input,summary,[tabindex="0"]')].filter((one) => one.checkVisibility()).length""")
    page.evaluate("document.activeElement.blur(); window.scrollTo(0, 0)")
    reached = page.evaluate("() => 0")
    page.evaluate("window.seen = new Set(); document.addEventListener('focusin', (event) => window.seen.add(event.target))")
    for _ in range(wanted + 20):
        page.keyboard.press("Tab")
    reached = page.evaluate("window.seen.size")
    checks.that(reached >= wanted, f"{page.name}: Tab reaches {reached} of {wanted}")
    page.focus("#cards-table th button >> nth=0")
    page.keyboard.press("Enter")
    checks.that(page.get_attribute("#cards-table th >> nth=0", "aria-sort") == "ascending", f"{page.name}: the keyboard does not sort")
    first = page.inner_text("#cards-table tbody th >> nth=0")
    page.keyboard.press("Enter")
    checks.that(page.inner_text("#cards-table tbody th >> nth=0") != first, f"{page.name}: sorting the other way shows the same")
    page.fill("#gaps-table input", "claim ")
    checks.that("(all:" in page.inner_text("#gaps-table [role=status]"), f"{page.name}: the table does not filter")


# Colours

def lab(rgb):
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (v / 255 for v in rgb)]
    x, y, z = (sum(m * c for m, c in zip(row, linear)) for row in ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505)))
    f = lambda t: t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116
    return 116 * f(y) - 16, 500 * (f(x / 0.9505) - f(y)), 200 * (f(y) - f(z / 1.089))


# Machado, Oliveira and Fernandes 2009, severity 1, on linear light.
BLIND = {
    "without red cones": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "without green cones": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
}


def seen(rgb, matrix):
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (v / 255 for v in rgb)]
    out = [min(1, max(0, sum(m * c for m, c in zip(row, linear)))) for row in matrix]
    return [255 * (12.92 * c if c <= 0.0031308 else 1.055 * c ** (1 / 2.4) - 0.055) for c in out]


def colours(page, checks):
    names = ["s0", "s1", "s2", "s3", "s4", "s5"]
    fills = page.evaluate("(names) => names.map((name) => { const one = document.createElementNS('http://www.w3.org/2000/svg', 'rect'); one.setAttribute('class', name);"
                          "document.querySelector('.chart').append(one); const fill = getComputedStyle(one).fill; one.remove(); return fill })", names)
    rgb = [[int(n) for n in re.findall(r"\d+", fill)[:3]] for fill in fills]
    for a in range(len(rgb)):
        for b in range(a):
            pair = f"{page.name}: {names[b]} and {names[a]}"
            for who, colour in [("", lambda c: c)] + [(who, lambda c, m=m: seen(c, m)) for who, m in BLIND.items()]:
                one, other = lab(colour(rgb[a])), lab(colour(rgb[b]))
                distance = sum((p - q) ** 2 for p, q in zip(one, other)) ** 0.5
                checks.that(distance >= LEAST_DISTANCE, f"{pair} {who}: distance {distance:.1f}")
            grey = abs(lab(rgb[a])[0] - lab(rgb[b])[0])
            checks.that(grey >= LEAST_GREY, f"{pair} in greyscale: {grey:.1f}")


def pictures_of(binary, out, folder, checks):
    """The charts as files: well-formed, inert, and what they show is said."""
    import xml.etree.ElementTree as tree
    place = os.path.join(folder, "svg")
    run(binary, "report", out, "--svg", place)
    names = sorted(os.listdir(place))
    checks.that(len(names) >= 3, f"only {names}")
    for name in names:
        root = tree.parse(os.path.join(place, name)).getroot()
        tags = {element.tag.split("}")[1] for element in root.iter()}
        checks.that(root.find("{*}title").text and root.find("{*}desc").text, f"{name} has no title or description")
        checks.that(tags <= {"svg", "title", "desc", "style", "defs", "pattern", "rect", "circle", "path", "text", "a"}, f"{name} has {tags}")
    return place, names


def governed(binary, folder):
    """The sample with decisions beside its registry, and cost that rules share: other gaps, other methods."""
    place = os.path.join(folder, "governed")
    script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "SampleData", "governance.sh")
    path = os.path.dirname(binary) + os.pathsep + os.environ["PATH"]
    subprocess.run([script, place], check=True, stdout=subprocess.DEVNULL, env=dict(os.environ, PATH=path))
    registry = json.load(open(os.path.join(place, "registry.json")))
    registry["splits"] = [
        {"workspace": "arn:aws:aws-external-anthropic:us-east-1:000012345678:workspace/wrkspc_01AnalyticsLabs9Kd", "by": "even", "workloads": ["claims-triage", "actuarial-research"]},
        {"unallocated": "bedrock", "by": "direct"}]
    json.dump(registry, open(os.path.join(place, "registry.json"), "w"))
    month, out = os.path.join(place, "month"), os.path.join(place, "out")
    subprocess.run(
        [binary, "attribute", "--cur", month + "/cur", "--cloudtrail", month + "/cloudtrail", "--registry", place + "/registry.json", "--decisions",
         place + "/decisions.jsonl", "--period", "2026-10", "--out", out, "--html", "--quiet"], check=True)
    return out


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", required=True)
    parser.add_argument("--pictures")
    arguments = parser.parse_args()
    binary, checks = os.path.abspath(arguments.bin), Checks()
    if arguments.pictures:
        os.makedirs(arguments.pictures, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="apportion-browse-") as folder, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=os.environ.get("CHROMIUM") or "/usr/bin/chromium", args=["--no-sandbox"])
        looker = Looker(browser, checks, arguments.pictures)
        for make in (sample, hostile):
            out = make(binary, folder)
            path = os.path.join(out, "report.html")
            for name, options in (("desktop", {}), ("dark", {"color_scheme": "dark"}), ("phone", {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2})):
                page = looker.open(path, f"{make.__name__} {name}", **options)
                looker.fits(page)
                looker.accessible(page)
                looker.picture(page, f"{make.__name__}-{name}", full_page=name == "phone")
                if make is sample:
                    colours(page, checks)
                if name == "desktop":
                    keyboard(page, checks)
                    if make is sample:
                        page.reload()
                        page.wait_for_selector("html[data-ready=yes]", state="attached")
                        exactness(page, checks, out)
                        figures(page, checks, out)
                    for paper in ("A4", "Letter"):
                        page.pdf(path=os.path.join(arguments.pictures or folder, f"{make.__name__}-{paper}.pdf"), format=paper)
                looker.quiet(page)
                page.context.close()
            place, names = pictures_of(binary, out, os.path.join(folder, make.__name__), checks)
            for name in names:
                page = browser.new_page()
                said = []
                page.on("console", lambda message: said.append(message.text))
                page.goto("file://" + os.path.join(place, name))
                checks.that(not said and page.evaluate("window.hacked === undefined"), f"{make.__name__} {name}: {said[:2]}")
                page.close()
        out = governed(binary, folder)
        page = looker.open(os.path.join(out, "report.html"), "governed desktop")
        exactness(page, checks, out)
        figures(page, checks, out)
        looker.quiet(page)
        looker.accessible(page)
        page.context.close()
        out = large(binary, folder)
        page = looker.open(os.path.join(out, "report.html"), "large")
        print(f"5,000 workloads, 200,000 rows: {os.path.getsize(os.path.join(out, 'report.html')) / 1e6:.1f} MB, open in {page.seconds:.2f} s", flush=True)
        start = time.perf_counter()
        page.evaluate("location.hash = '#rows/workload_id=workload-0007'")
        page.wait_for_function("document.getElementById('rows-what').textContent.includes('exactly')")
        print(f"its rows of one workload are shown in {time.perf_counter() - start:.2f} s", flush=True)
        checks.that(": 40, adding up to exactly" in page.inner_text("#rows-what"), "large: rows of one workload: " + page.inner_text("#rows-what"))
        looker.quiet(page)
        looker.accessible(page)
        browser.close()
    print(f"{checks.passed} passed, {checks.failed} failed")
    return 1 if checks.failed else 0


if __name__ == "__main__":
    sys.exit(main())
