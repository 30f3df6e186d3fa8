"""The tables that are followed: how they are declared, and what the feed makes of their rows."""

import random
import uuid

import samples
import values


class Entry:
    """One key of a row. Its value: "json", a list of columns, a column's name behind "=", or "page"."""

    def __init__(self, key, value="json", kept=False):
        self.key, self.value, self.kept = key, value, kept

    def settings(self, page):
        shown = {"json": "json", "page": {"template": page}}
        if isinstance(self.value, list):
            value = {"columns": self.value}
        else:
            value = shown.get(self.value) or {"column": self.value[1:]}
        return {"key": self.key, "value": value} | ({"on_delete": "keep"} if self.kept else {})

    def bytes(self, row, types, names):
        if self.value == "page":
            return values.page(row)
        if isinstance(self.value, list):
            return values.document(row, types, self.value)
        return values.document(row, types, names) if self.value == "json" else row[self.value[1:]]


class Table:
    """`n` is a number that no two rows share; `columns` are the others."""

    def __init__(self, name, columns, entries=None, declared="n INT PRIMARY KEY", behind="", options="", rows=60,
                 pool="default", active=False, requery=(), bump=(), alters=False, isSafe=True):
        self.name, self.columns, self.declared, self.behind = name, columns, declared, behind
        self.entries = entries or [Entry(name + ":{n}")]
        self.options, self.rows, self.pool, self.active = options, rows, pool, active
        self.requery, self.bump, self.alters, self.isSafe = list(requery), list(bump), alters, isSafe

    def create(self, name=None):
        columns = [self.declared] + [f"`{c}` {column.type}" for c, column in self.columns.items()]
        return f"CREATE TABLE {name or self.name} ({', '.join(columns)}{self.behind}) {self.options}"

    def settings(self, page):
        made = {"table": f"site.{self.name}", "pool": self.pool, "entries": [e.settings(page) for e in self.entries]}
        if self.active:
            made["where"] = "active = 1"
        if self.bump:
            made["bump"] = self.bump
        if self.requery:
            made["requery"] = [{"key": k, "sql": s, "value": v} for k, s, v in self.requery]
        return made

    def expected(self, cursor, wanted, kept):
        """Adds the rows' entries to `wanted`; `kept` gets the keys that stay when their rows go, as patterns."""
        cursor.execute("SELECT column_name, data_type FROM information_schema.columns WHERE table_schema = 'site' AND "
                       "table_name = %s ORDER BY ordinal_position", (self.name,))
        types = dict(cursor.fetchall())
        names = list(types)
        list_ = ", ".join(values.shown(n, types[n]) for n in names)
        cursor.execute(f"SELECT {list_} FROM `{self.name}`")
        for answers in cursor.fetchall():
            row = {n: values.value(a, types[n]) for n, a in zip(names, answers)}
            if self.active and row["active"] != b"1":
                continue
            for entry in self.entries:
                key, made = values.key(entry.key, row), entry.bytes(row, types, names)
                if key is not None and made is not None and len(made) < 4 << 20:
                    wanted[key] = made
        kept += [e.key.split("{")[0].encode() for e in self.entries if e.kept]


def short(r):
    return samples.quoted(r.choice(["ü", '"q"', "\n", "x" * 50, "", "<&'>"]) + str(r.random())[2:9])


WORD = samples.Column("VARCHAR(80)", ["''", "'plain'"], short)
COUNT = samples.Column("INT", ["0", "-1"], lambda r: str(r.randrange(10**6)))
FEW = samples.Column("INT", [], lambda r: str(r.randrange(20)))
BODY = samples.Column("LONGBLOB", ["''"], lambda r: (
    f"REPEAT('{r.randrange(10**6):06}', {r.choice([10, 1000, 20_000, 20_000, 20_000, 350_000, 600_000])})"))


def kinds():
    """Every type, in tables that are not too wide; generated columns and an invisible one among them."""
    every = list(samples.every())
    random.Random(1).shuffle(every)
    for number in range(5):
        columns = {f"c{i}": c for i, c in enumerate(every) if i % 5 == number}
        behind = (", g1 VARCHAR(40) AS (CONCAT('g', n)) VIRTUAL, g2 BIGINT AS (n * 2) STORED, "
                  "hidden INT INVISIBLE DEFAULT 7" if number < 3 else "")
        yield Table(f"kinds{number}", columns, behind=behind, rows=40, alters=number in (0, 3))


KEYS = [
    "ENUM('b','a','c','A1')", "SET('z','y','x')", "FLOAT", "DOUBLE", "BIT(9)", "UUID", "INET4", "INET6", "TIME(3)", "TIMESTAMP(6)",
    "YEAR", "DATE", "DATETIME(2)", "DECIMAL(38,10)", "BIGINT UNSIGNED", "BINARY(16)", "VARBINARY(20)",
    "VARCHAR(30) CHARACTER SET sjis", "VARCHAR(30) CHARACTER SET latin2", "VARCHAR(20) CHARACTER SET utf8mb3",
    "CHAR(12) CHARACTER SET utf8mb4", "CHAR(30) CHARACTER SET latin1",
]


def keyed():
    """A primary key of each type that may begin one; the cache's key is the other column, for blanks and such."""
    own = {"ENUM('b','a','c','A1')": samples.Column("", [], lambda r: str(r.randint(1, 4))),
           "SET('z','y','x')": samples.Column("", [], lambda r: str(r.randint(0, 7))),
           "TIMESTAMP(6)": samples.Column("", ["'0000-00-00 00:00:00'"], lambda r: f"'{samples.day(r, 1971, 2037)} {samples.clock(r, 23)}'")}
    # MariaDB 10.11 sorts UUIDs that are none by RFC 9562 otherwise than it compares them.
    own["UUID"] = samples.Column("", ["'00000000-0000-0000-0000-000000000000'"], lambda r: str(
        f"'{uuid.UUID(int=r.getrandbits(128) & ~(15 << 76) & ~(3 << 62) | r.choice([1, 4, 7]) << 76 | 2 << 62)}'"))
    every = {c.type: c for c in samples.every()}
    for number, type in enumerate(KEYS):
        column = own.get(type) or every[type]
        k = samples.Column(f"{type} NOT NULL", column.fixed, column.make)
        yield Table(f"keyed{number}", {"k": k, "v": WORD}, declared="n INT NOT NULL UNIQUE",
                    behind=", PRIMARY KEY (k, n)", rows=30)


def followed(images, cascades):
    """All tables. With images that are not FULL, keys are made of the primary key alone."""
    isFull = images == "FULL"
    every = list(kinds()) + list(keyed())
    name = samples.Column("VARCHAR(60) COLLATE utf8mb4_bin UNIQUE", [],
                          lambda r: samples.quoted(r.choice(["ü", "é漢", "q", "A"]) + str(r.getrandbits(60))))
    users = [Entry("user:{n}"), Entry("user:card:{n}", "page")]
    every.append(Table(
        "users", {"name": name, "note": WORD, "money": samples.Column("DECIMAL(12,3)", ["0"], lambda r: f"{r.randrange(10**6)}.5"),
                  "active": samples.Column("INT", [], lambda r: str(r.randrange(2))), "version": COUNT},
        users + [Entry("user:name:{name}", ["n", "name"])] if isFull else users, rows=400, pool="users", active=True,
        alters=True))
    every.append(Table("names", {"note": WORD}, [Entry("name:{name}", ["n", "note"])], alters=True,
                       declared="name VARCHAR(40) PRIMARY KEY, n INT NOT NULL UNIQUE"))
    few = samples.every()
    raw = {f"c{i}": c for i, c in enumerate(few) if i % 9 == 4}
    every.append(Table("raw", raw, [Entry(f"raw:{c}:{{n}}", "=" + c) for c in raw]))
    every.append(Table("kept", {"v": WORD}, [Entry("kept:{n}", kept=True), Entry("gone:{n}")]))
    lists = dict(
        requery=[("list:team:{team}", "select n, name from members where team = :team order by n", "list"),
                 ("list:{team}:count", "select count(*) from members where team = :team", "single")],
        bump=["list:of:{team}"]) if isFull else {}
    every.append(Table("members", {"team": FEW, "name": WORD}, [Entry("list:{n}")], pool="lists", **lists))
    if isFull:
        every.append(Table("loose", {"v": WORD}, declared="n INT UNIQUE"))
    every.append(Table("docs", {"v": WORD}, options="ENGINE=MyISAM", isSafe=False))
    every.append(Table("aria", {"v": WORD}, options="ENGINE=Aria", isSafe=False))
    every.append(Table("huge", {"body": BODY, "v": COUNT}, [Entry("huge:{n}", "=body"), Entry("hugejson:{n}")],
                       pool="huge", rows=8))
    every.append(Table("rates", {"v": WORD}, rows=200, pool="rates"))
    every.append(Table("parted", {"v": WORD}, options="PARTITION BY HASH (n) PARTITIONS 4"))
    every.append(Table("versioned", {"v": WORD}, options="WITH SYSTEM VERSIONING"))
    every.append(Table("audit", {"of": COUNT}, declared="n INT AUTO_INCREMENT PRIMARY KEY", rows=0))
    if cascades:
        every.append(Table("parents", {"v": WORD}, rows=30))
        every.append(Table("children", {"v": WORD}, rows=100, declared=(
            "n INT PRIMARY KEY, parent INT, other INT, FOREIGN KEY (parent) REFERENCES parents (n) ON DELETE CASCADE "
            "ON UPDATE CASCADE, FOREIGN KEY (other) REFERENCES parents (n) ON DELETE SET NULL ON UPDATE SET NULL")))
    return every


TRIGGERS = [
    "CREATE TRIGGER named AFTER INSERT ON names FOR EACH ROW INSERT INTO audit (of) VALUES (NEW.n)",
    "CREATE TRIGGER unnamed AFTER DELETE ON names FOR EACH ROW DELETE FROM audit WHERE of = OLD.n",
]

POOLS = [
    {"name": "users", "prefix": "user:", "kind": "deterministic", "memory": "64m"},
    {"name": "rates", "prefix": "rates:", "kind": "deterministic", "memory": "16m"},
    {"name": "lists", "prefix": "list:", "memory": "64m", "generations": True},
    {"name": "huge", "prefix": "huge", "kind": "deterministic", "memory": "400m", "item_size_limit": "4m"},
]
