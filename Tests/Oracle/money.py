"""Exact amounts and instants: integers of 10^-18 ("atto") and integer or Fraction seconds, never floats.

Follows attribution.md, opening paragraph and section 6 (the split); inputs.md section 1 (how numbers and times are written).
"""
import calendar
import datetime
import re
from fractions import Fraction

ATTO = 10 ** 18
CENT = 10 ** 16
SINGLE_LIMIT = 10 ** 15 * ATTO
SUM_LIMIT = 10 ** 18 * ATTO

_NUMBER = re.compile(r"([+-]?)(?:([0-9]+)\.?([0-9]*)|\.([0-9]+))(?:[eE]([+-]?[0-9]+))?\Z")
_INSTANT = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})[T ]([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]+))?(?:Z|\+00:00)?\Z")
_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})\Z")


def bytewise(text):
    """The order of texts everywhere: their UTF-8 bytes (attribution.md, opening)."""
    return text.encode("utf-8", "surrogatepass")


def bytewise_all(texts):
    return tuple(bytewise(t) for t in texts)


def decimal(text):
    """The exact value of decimal text (inputs.md section 1, Values), or ValueError."""
    m = _NUMBER.match(text)
    if not m:
        raise ValueError("not a number")
    sign, whole, part, bare, exponent = m.groups()
    digits = (whole or "") + (part or "") + (bare or "")
    scale = len(part or "") + len(bare or "")
    power = int(exponent or "0") - scale
    if int(digits) == 0:
        return Fraction(0)
    if power > 60 or power + len(digits) > 60:
        raise ValueError("beyond 10^15")  # whatever the exact value, it is out of range
    if power + len(digits) < -60:
        value = Fraction(1, 10 ** 60)  # too small to matter, but not nothing: it is still rounded and counted
    else:
        value = Fraction(int(digits)) * (Fraction(10) ** power)
    return -value if sign == "-" else value


def amount(text):
    """(atto, inexact) of one amount read (attribution.md, opening): half-even at 18 digits, refused beyond 10^15."""
    exact = decimal(text) * ATTO
    atto = round(exact)  # Fraction rounds half to even
    if abs(atto) > SINGLE_LIMIT:
        raise ValueError("beyond 10^15")
    return atto, atto != exact


def plain(value, digits=18):
    """An integer of 10^-digits as an exact plain decimal without trailing zeros (outputs.md, CSV)."""
    sign = "-" if value < 0 else ""
    whole, part = divmod(abs(value), 10 ** digits)
    tail = str(part).rjust(digits, "0").rstrip("0") if digits else ""
    return sign + str(whole) + ("." + tail if tail else "")


def rounded(value, digits):
    """A Fraction to so many decimals, half-even, trailing zeros dropped (outputs.md, every percentage)."""
    return plain(round(value * 10 ** digits), digits)


def cents(value_atto):
    """Atto (possibly a Fraction of them) to whole cents, half-even."""
    return round(Fraction(value_atto) / CENT)


def two_decimals(value_cents):
    """Cents as text with two decimals (outputs.md, agent-bills.json)."""
    sign = "-" if value_cents < 0 else ""
    return "%s%d.%02d" % (sign, abs(value_cents) // 100, abs(value_cents) % 100)


def split(total, claimants):
    """Share `total` over [(key, weight)]: attribution.md section 6, Split. Keys are tuples of texts or other ordered values.

    Floor by weight, the atto left over one each to the largest remainders, ties to the smaller key, the sign put back.
    """
    weight_total = sum(w for _, w in claimants)
    magnitude = abs(total)
    shares = {}
    remainders = []
    for key, weight in claimants:
        share, remainder = divmod(magnitude * weight, weight_total)
        shares[key] = share
        remainders.append((-remainder, key))
    left_over = magnitude - sum(shares.values())
    for _, key in sorted(remainders)[:left_over]:
        shares[key] += 1
    if total < 0:
        shares = {key: -share for key, share in shares.items()}
    assert sum(shares.values()) == total
    return shares


# --- instants -----------------------------------------------------------------------------------------------------------

HOUR = 3600
DAY = 86400


def instant(text):
    """Seconds since 1970 UTC of a time as inputs.md section 1 writes them, or ValueError."""
    m = _INSTANT.match(text)
    if not m:
        raise ValueError("not a time")
    parts = [int(p) for p in m.groups()[:6]]
    datetime.datetime(*parts)  # refuses 30 February and 25 o'clock
    seconds = calendar.timegm(tuple(parts) + (0, 0, 0))
    fraction = Fraction(int(m.group(7)), 10 ** len(m.group(7))) if m.group(7) else 0
    return seconds + fraction if fraction else seconds


def midnight(text):
    """Seconds since 1970 UTC of a date, or ValueError."""
    m = _DATE.match(text)
    if not m:
        raise ValueError("not a date")
    return calendar.timegm(datetime.date(*(int(p) for p in m.groups())).timetuple())


def month_bounds(period):
    """(first second of the month, first second of the next) of YYYY-MM, or ValueError."""
    first = midnight(period + "-01")
    year, month = int(period[:4]), int(period[5:])
    following = midnight("%04d-%02d-01" % ((year + 1, 1) if month == 12 else (year, month + 1)))
    return first, following


def floor_hour(seconds):
    return int(seconds // HOUR) * HOUR


def raise_hour(seconds):
    return int(-(-seconds // HOUR)) * HOUR


def _datetime(seconds):
    return datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=int(seconds // 1))


def time_text(seconds):
    return _datetime(seconds).strftime("%Y-%m-%dT%H:%M:%SZ")


def date_text(seconds):
    return _datetime(seconds).strftime("%Y-%m-%d")


def month_text(seconds):
    return _datetime(seconds).strftime("%Y-%m")


def weekday(seconds):
    """0 is Sunday, the first day of a card's week (outputs.md, spend cards)."""
    return (_datetime(seconds).weekday() + 1) % 7
