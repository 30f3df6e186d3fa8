"""Compares what hearthd holds with what the tables say."""

import json
import re
import urllib.parse


def fetch(site, keys):
    stream = site.cache_connection()
    lines = stream.makefile("rb")
    found = {}
    for i in range(0, len(keys), 50):
        stream.sendall(b"get " + b" ".join(keys[i:i + 50]) + b"\r\n")
        while (line := lines.readline()) != b"END\r\n":
            if not line.startswith(b"VALUE"):
                found[b"refused: " + line.strip()] = b""
                break
            _, key, _, length = line.split()
            found[key] = lines.read(int(length))
            lines.read(2)
    return found


def listed(site):
    stream = site.cache_connection()
    stream.sendall(b"lru_crawler metadump all\r\n")
    keys = set()
    for line in stream.makefile("rb"):
        if line == b"END\r\n":
            return keys
        keys.add(urllib.parse.unquote_to_bytes(line.split()[0][4:]))


def expected(site):
    connection, cursor = site.connect()
    wanted, kept, optional = {}, [b"probe:"], {}
    cursor.execute("START TRANSACTION WITH CONSISTENT SNAPSHOT")
    for table in site.tables:
        table.expected(cursor, wanted, kept)
        if table.requery:
            cursor.execute("SELECT team, n, name FROM members ORDER BY n")
            teams = {}
            for team, n, name in cursor.fetchall():
                shown = json.dumps(name, ensure_ascii=False)
                teams.setdefault(team, []).append(f'{{"n":{n},"name":{shown}}}')
            for team, rows in teams.items():
                if team is not None:
                    wanted[b"list:team:%d" % team] = ("[" + ",".join(rows) + "]").encode()
                    wanted[b"list:%d:count" % team] = b"%d" % len(rows)
            # Of what no row is left, the answer is empty or there is none.
            optional = {b"list:team:%d" % t: b"[]" for t in range(20) if t not in teams}
            optional |= {b"list:%d:count" % t: b"0" for t in range(20) if t not in teams}
    connection.close()
    return wanted, kept, optional


def differences(site):
    """Nil when the cache is what the tables say, else what differs."""
    wanted, kept, optional = expected(site)
    got = fetch(site, sorted(wanted) + sorted(optional))
    refused = [k.decode() for k in got if k.startswith(b"refused")]
    if refused:
        return refused[0]
    wrong = [k for k in wanted if got.get(k) != wanted[k]]
    wrong += [k for k in optional if k in got and got[k] != optional[k]]
    prefixes = tuple(kept)
    extra = [k for k in listed(site) if k not in wanted and k not in optional and not k.startswith(prefixes)]
    if not wrong and not extra:
        return None
    lines = [f"{len(wanted)} entries, {len(wrong)} wrong or missing, {len(extra)} too many"]
    groups = {}
    for key in wrong + extra:
        groups.setdefault(re.split(rb":", key)[0], []).append(key)
    for name, keys in sorted(groups.items()):
        lines.append(f"  {name.decode()}: {len(keys)}, such as")
        for key in keys[:2]:
            want, have = wanted.get(key, optional.get(key)), got.get(key, b"(there)" if key in extra else None)
            at = next((i for i, (a, b) in enumerate(zip(want or b"", have or b"")) if a != b), 0)
            begin = max(0, at - 40)
            lines.append(f"    {key!r}: table {clip(want, begin)}, cache {clip(have, begin)}")
    return "\n".join(lines)


def clip(value, begin):
    if value is None:
        return "nothing"
    return f"{len(value)} bytes, from {begin} on {value[begin:begin + 120]!r}"
