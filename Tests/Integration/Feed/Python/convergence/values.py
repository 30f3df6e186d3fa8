"""What an entry must hold, byte for byte, made of what SELECT says and of the promises of the configuration alone."""

import base64
import json
import re
import struct

NUMBERS = {"tinyint", "smallint", "mediumint", "int", "bigint", "decimal", "float", "double", "bit", "year"}
BINARY = {"binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob", "geometry", "point"}
KEY_LIMIT = 250


def shown(name, type):
    """The expression whose answer tells a column's value exactly."""
    name = f"`{name}`"
    if type in ("float", "double"):
        return f"{name} * 1e0"
    if type == "bit":
        return f"HEX(CAST({name} + 0 AS CHAR))"
    if type in ("geometry", "point"):
        return f"HEX(ST_AsWKB({name}))"
    if type in BINARY:
        return f"HEX({name})"
    if type in ("char", "varchar", "tinytext", "text", "mediumtext", "longtext", "enum", "set"):
        return f"HEX(CONVERT({name} USING utf8mb4))"
    return f"HEX(CAST({name} AS CHAR CHARACTER SET utf8mb4))"


def shortest(number, isSingle):
    """The shortest digits that read back as the same number: plain up to 2^24 and 2^53, else with an exponent."""
    if number == 0:
        return "-0" if str(number)[0] == "-" else "0"

    def again(text):
        return struct.unpack("f", struct.pack("f", float(text)))[0] if isSingle else float(text)
    if isSingle:
        number = again(number)
    for count in range(1, 18):
        text = f"{number:.{count - 1}e}"
        try:
            if again(text) == number:
                break
        except OverflowError:
            pass
    sign, digits, exponent = re.fullmatch(r"(-?)([\d.]+)e([+-]\d+)", text).groups()
    digits, exponent = digits.replace(".", "").rstrip("0") or "0", int(exponent)
    if exponent < -4 or abs(number) > (1 << 24 if isSingle else 1 << 53):
        fraction = "." + digits[1:] if len(digits) > 1 else ""
        return f"{sign}{digits[0]}{fraction}e{'-' if exponent < 0 else '+'}{abs(exponent):02}"
    if exponent < 0:
        return f"{sign}0.{'0' * (-exponent - 1)}{digits}"
    if len(digits) <= exponent + 1:
        return sign + digits + "0" * (exponent + 1 - len(digits))
    return f"{sign}{digits[:exponent + 1]}.{digits[exponent + 1:]}"


def value(answer, type):
    """A column's bytes; None for NULL."""
    if answer is None:
        return None
    if type in ("float", "double"):
        return shortest(float(answer), type == "float").encode()
    raw = bytes.fromhex(answer)
    # ZEROFILL is how the server shows a number, and no part of it.
    return re.sub(rb"^(-?)0+(?=\d)", rb"\1", raw) if type in NUMBERS and type != "year" else raw


def text(raw):
    return json.dumps(raw.decode(errors="replace"), ensure_ascii=False)


def member(raw, type):
    """A column within JSON."""
    if raw is None:
        return "null"
    if type in NUMBERS:
        return re.sub(r"^(-?)0+(?=\d)", r"\1", raw.decode())
    if type in BINARY:
        return '"' + base64.b64encode(raw).decode() + '"'
    return text(raw)


def document(row, types, names):
    return ("{" + ",".join(f"{text(n.encode())}:{member(row[n], types[n])}" for n in names) + "}").encode()


def escaped(raw):
    for plain, safe in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"), ("'", "&#39;")):
        raw = raw.replace(plain, safe)
    return raw


def page(row):
    """What the template below makes of a row."""
    name, note = (None if row[n] is None else row[n].decode() for n in ("name", "note"))
    return f"<b>{escaped(name or '')}</b>{'' if note is None else '<i>' + escaped(note) + '</i>'}".encode()


PAGE = "<b>{{name}}</b>{{#note}}<i>{{note}}</i>{{/note}}"


def key(template, row):
    """The row's key; None where it has none."""
    made = b""
    for literal, column in re.findall(r"([^{]*)(?:\{(\w+)\})?", template):
        made += literal.encode()
        if column:
            if row[column] is None:
                return None
            made += row[column]
    bad = len(made) > KEY_LIMIT or any(byte <= 32 or byte == 127 for byte in made)
    return None if bad else made
