"""Reading the bill the slow and certain way: manifest, gzip, Python's csv, Decimal. Shares nothing with the program."""
import csv
import decimal
import glob
import gzip
import io
import json
import os
from decimal import Decimal

decimal.getcontext().prec = 60
decimal.getcontext().traps[decimal.Inexact] = True  # a sum that loses a digit would prove nothing
ATTO = Decimal(1).scaleb(-18)
ROUNDING = decimal.Context(prec=60, rounding=decimal.ROUND_HALF_EVEN)


def files(bucket, period):
    """The data files that the manifest of the period folder lists, in its order."""
    found = glob.glob(os.path.join(glob.escape(bucket), "**", period.replace("-", "") + "01-*", "*-Manifest.json"), recursive=True)
    if len(found) != 1:
        raise SystemExit(f"one manifest expected, found {found}")
    with open(found[0], encoding="utf-8") as manifest:
        return [os.path.join(bucket, key) for key in json.load(manifest)["reportKeys"]]


def records(path):
    """(the text as it stands in the file, with its line end; the cells), the header first."""
    with gzip.open(path, "rb") as packed:
        text = packed.read().decode("utf-8")
    taken = []

    def lines():
        for line in io.StringIO(text, newline=""):
            taken.append(line)
            yield line

    for cells in csv.reader(lines(), strict=True):
        yield "".join(taken), cells
        taken.clear()


def rows(path):
    """The rows as dictionaries."""
    everything = records(path)
    header = next(everything)[1]
    for _, cells in everything:
        if len(cells) != len(header):
            raise SystemExit(f"{path}: {len(cells)} cells under {len(header)} columns")
        yield dict(zip(header, cells))


def amount(text):
    """An amount as it counts, to 18 decimals half-even, and whether that changed it."""
    exact = Decimal(text)
    if exact.as_tuple().exponent >= -18:
        return exact, False
    rounded = exact.quantize(ATTO, context=ROUNDING)
    return rounded, rounded != exact


def plain(value):
    """The one spelling of a number in what apportion writes."""
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text
