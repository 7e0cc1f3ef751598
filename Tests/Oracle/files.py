"""Files as they are found: gzip members, CSV cells, JSON values; and the two ways to answer a fault.

Follows inputs.md section 5 (Faults).
"""
import json
import os
import zlib


class Stop(Exception):
    """The run ends with this exit code and message (outputs.md, the command's contract)."""

    def __init__(self, code, message):
        Exception.__init__(self, message)
        self.code = code


class Rejected(object):
    """Where faults go: the first ends the run (65), or with --keep-going each is set aside and counted."""

    def __init__(self, keep_going):
        self.keep_going = keep_going
        self.items = []

    def add(self, path, where, reason):
        if not self.keep_going:
            raise Stop(65, "%s:%s: %s" % (path, where, reason))
        self.items.append((path, str(where), reason))


def _member(data, step):
    """(content, bytes used, reason or None) of one gzip member, fed in steps."""
    inflater, out = zlib.decompressobj(31), []
    for i in range(0, len(data), step):
        try:
            out.append(inflater.decompress(data[i:i + step]))
        except zlib.error as e:
            return b"".join(out), i, "broken gzip: %s" % e
        if inflater.eof:
            return b"".join(out), min(i + step, len(data)) - len(inflater.unused_data), None
    return b"".join(out), len(data), "gzip cut short"


def content(path):
    """(bytes, fault or None): the inflated content, as far as it is sound. Gzip by the name, as the inputs are named."""
    with open(path, "rb") as f:
        data = f.read()
    if not path.endswith(".gz"):
        return data, None
    out, at = [], 0
    while at < len(data):
        if at and not data[at:].strip(b"\0"):
            break  # zero padding after the last member
        if data[at:at + 2] != b"\x1f\x8b":
            reason = "bytes after the last gzip member" if at else "not gzip"
            if not at and not any(c < 9 for c in data[:512]):
                reason += "; the file looks as if it were already inflated"
            return b"".join(out), (at, reason)
        member, used, reason = _member(data[at:], len(data))
        if reason:
            # once more in the smallest steps, so that everything before the fault is had
            member, used, reason = _member(data[at:], 1)
        out.append(member)
        if reason:
            return b"".join(out), (at + used, reason)
        at += used
    if not data:
        return b"", (0, "not gzip, the file is empty")
    return b"".join(out), None


def text_of(data):
    return data.decode("utf-8", "replace")


def csv_rows(text):
    """Yields (line, cells) and, where the structure breaks, last of all (line, reason as str).

    RFC 4180 with LF or CRLF, newlines inside quotes, a BOM; blank lines are skipped (inputs.md sections 1 and 5).
    """
    if text.startswith("\ufeff"):
        text = text[1:]
    at, line, end = 0, 1, len(text)
    while at < end:
        cells, first_line = [], line
        if text.startswith("\n", at) or text.startswith("\r\n", at):
            at += 1 if text[at] == "\n" else 2
            line += 1
            continue
        while True:
            if at < end and text[at] == '"':
                cell, at = [], at + 1
                while True:
                    close = text.find('"', at)
                    if close < 0:
                        yield first_line, "unclosed quote"
                        return
                    cell.append(text[at:close])
                    at = close + 1
                    if at < end and text[at] == '"':
                        cell.append('"')
                        at += 1
                    else:
                        break
                value = "".join(cell)
                line += value.count("\n")
                cells.append(value)
                if not (at >= end or text[at] in ",\n" or text.startswith("\r\n", at)):
                    yield first_line, "text after a closing quote"
                    return
            else:
                stop = at
                while stop < end and text[stop] not in ",\n":
                    stop += 1
                value = text[at:stop]
                if value.endswith("\r") and (stop >= end or text[stop] == "\n"):
                    value = value[:-1]
                cells.append(value)
                at = stop
            if text.startswith("\r\n", at):
                at += 1
            if at < end and text[at] == ",":
                at += 1
                continue
            at += 1
            line += 1
            break
        yield first_line, cells


def _no_constants(name):
    raise ValueError("%s is no JSON" % name)


_DECODER = json.JSONDecoder(parse_constant=_no_constants)


def json_value(text):
    """The one JSON value of a text, or ValueError. Of a repeated key the last counts (inputs.md section 2)."""
    return json.loads(text, parse_constant=_no_constants)


def json_at(text, at):
    """(value, next position) of the JSON value that starts at `at`, or ValueError."""
    try:
        return _DECODER.raw_decode(text, at)
    except RecursionError:
        raise ValueError("nested too deep")


def walk(folder):
    """All files under a folder in bytewise path order."""
    found = []
    for base, folders, names in os.walk(folder):
        found += [os.path.join(base, n) for n in names]
    return sorted(found, key=os.fsencode)
