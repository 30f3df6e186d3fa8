"""Changes tables at random from several connections while hearthd follows them, then compares what it holds with what
the tables say, entry by entry. Arguments: socket of MariaDB, port of hearthd, seed, seconds, images (FULL or MINIMAL)."""

import base64
import json
import os
import random
import socket
import struct
import sys
import threading
import time
import urllib.parse

import pymysql

PLACE, PORT, SEED, SECONDS, IMAGES = (
    sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4]), sys.argv[5])


def connect():
    connection = pymysql.connect(unix_socket=PLACE, user="root", charset="utf8mb4", database="site")
    return connection, connection.cursor()


def write_user(r, cursor):
    table, number, kind = r.choice(["users", "users", "members"]), r.randrange(4000), r.random()
    if kind < 0.35:
        text = r.choice(["ü", '"q"', "\n", "x" * 50, ""]) + str(r.random())[:10]
        cursor.execute(
            f"insert into {table} (id, team, name, money, score, raw, active) values (%s, %s, %s, %s, %s, %s, %s) on duplicate key update "
            "name = values(name), team = values(team)",
            (number, r.randrange(50), text, r.randrange(10**6) / 1000, r.random() * 10 ** r.randrange(-5, 20),
             os.urandom(r.randrange(20)), r.randrange(2)))
    elif kind < 0.6:
        cursor.execute(
            f"update {table} set name = %s, active = %s where id between %s and %s",
            (str(r.random()), r.randrange(2), number, number + r.randrange(20)))
    elif kind < 0.8:
        cursor.execute(f"delete from {table} where id = %s", (number,))
    elif kind < 0.9:
        cursor.execute(f"update ignore {table} set id = %s where id = %s", (r.randrange(4000), number))
    else:
        cursor.execute("savepoint here")
        cursor.execute(f"delete from {table} where id < %s", (r.randrange(100),))
        cursor.execute("rollback to savepoint here")


def write_note(r, cursor):
    name, kind = f"k{r.randrange(100)}", r.random()
    if kind < 0.5:
        cursor.execute("replace into notes values (%s, %s, %s)",
                       (name, r.randrange(2000), r.choice([None, "", "w" * r.randrange(100)])))
    elif kind < 0.8:
        cursor.execute("delete from notes where name = %s and page < %s", (name, r.randrange(2000)))
    else:
        cursor.execute("update notes set text = %s where name = %s", (str(r.random()), name))


def write(number, until):
    r = random.Random(SEED * 100 + number)
    connection, cursor = connect()
    while time.time() < until:
        try:
            for _ in range(r.randrange(1, 6)):
                (write_note if r.random() < 0.25 else write_user)(r, cursor)
            connection.rollback() if r.random() < 0.15 else connection.commit()
            if r.random() < 0.003:
                cursor.execute("truncate members")
            if r.random() < 0.01:
                cursor.execute("flush binary logs")
            if r.random() < 0.002:
                cursor.execute(f"alter table members add column if not exists extra{r.randrange(3)} int default 5")
        except pymysql.err.OperationalError as error:
            if error.args[0] not in (1205, 1213, 1020):
                raise
            connection.rollback()


def fetch(keys):
    stream = socket.create_connection(("127.0.0.1", PORT))
    lines = stream.makefile("rb")
    found = {}
    for i in range(0, len(keys), 50):
        stream.sendall(b"get " + b" ".join(keys[i:i + 50]) + b"\r\n")
        while (line := lines.readline()) != b"END\r\n":
            if not line.startswith(b"VALUE"):
                return {}
            _, key, _, length = line.split()
            found[key] = lines.read(int(length))
            lines.read(2)
    return found


def listed():
    stream = socket.create_connection(("127.0.0.1", PORT))
    stream.sendall(b"lru_crawler metadump all\r\n")
    keys = set()
    for line in stream.makefile("rb"):
        if line == b"END\r\n":
            break
        keys.add(urllib.parse.unquote_to_bytes(line.split()[0][4:]))
    return keys


def expected(connection, cursor):
    connection.commit()
    entries = {}
    rows = {}
    for table in ("users", "members"):
        cursor.execute(f"show columns from {table}")
        names = [row[0] for row in cursor.fetchall()]
        cursor.execute("select " + ", ".join("score + 0e0" if n == "score" else n for n in names) + f" from {table}")
        rows[table] = [dict(zip(names, row)) for row in cursor.fetchall()]
    for row in rows["users"]:
        if row["active"] == 1:
            entries[b"user:%d" % row["id"]] = row
    teams = {}
    for row in rows["members"]:
        entries[b"member:%d" % row["id"]] = row
        teams.setdefault(row["team"], []).append({"id": row["id"], "name": row["name"]})
    if IMAGES == "FULL":
        for team, members in teams.items():
            entries[b"team:%d" % team] = sorted(members, key=lambda m: m["id"])
    cursor.execute("select name, page, text from notes")
    for name, page, text in cursor.fetchall():
        if text is not None:
            entries[f"note:{name}:{page}".encode()] = text.encode()
    return entries


def is_same(want, got):
    if isinstance(want, bytes):
        return got == want
    value = json.loads(got)
    if isinstance(want, list):
        return value == want
    if list(value) != list(want):
        return False
    for name, column in want.items():
        if name == "score":
            if struct.pack("f", value[name]) != struct.pack("f", column):
                return False
        elif name == "raw":
            if base64.b64decode(value[name]) != column:
                return False
        elif name == "money":
            if abs(float(column) - value[name]) > 1e-9:
                return False
        elif value[name] != column:
            return False
    return True


def compare(connection, cursor):
    want = expected(connection, cursor)
    got = fetch(sorted(want))
    wrong = [key for key in want if key not in got or not is_same(want[key], got[key])]
    ours = (b"user:", b"member:", b"note:")
    extra = [key for key in listed() if key.startswith(ours) and key not in want]
    if not wrong and not extra:
        return None
    shown = [(key, want[key], got.get(key)) for key in wrong[:2]]
    return f"{len(want)} entries, {len(wrong)} wrong or missing, {len(extra)} too many: {shown} {extra[:3]}"


until = time.time() + SECONDS
threads = [threading.Thread(target=write, args=(number, until)) for number in range(3)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
connection, cursor = connect()
deadline = time.time() + 60
while (problem := compare(connection, cursor)) is not None:
    if time.time() > deadline:
        sys.exit(problem)
    time.sleep(0.3)
print("all done")
