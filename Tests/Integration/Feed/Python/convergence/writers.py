"""Random changes: transactions with rollbacks and savepoints, statements that change many rows, and tables as a whole."""

import random
import threading
import time

import pymysql

# Somebody else was in the way, a key is taken, or a column or table has just gone or come.
PASSING = {1205, 1213, 1020, 1062, 1054, 1146, 1060, 1091, 1050, 1051, 1451, 1452, 1412, 1072, 1264, 1399, 1400, 1402, 1614,
           4092, 1178, 1406, 1366, 1136, 1932, 1292}
# Rows of users that stay, and are active: who reads them must always find them.
STABLE = 20
TYPES = ["INT", "VARCHAR(30)", "INT NOT NULL DEFAULT 5", "VARCHAR(20) CHARACTER SET latin1 DEFAULT 'ä'", "DECIMAL(9,2)",
         "TIMESTAMP(3) NULL", "BLOB", "BIGINT UNSIGNED DEFAULT 18446744073709551615", "ENUM('x','y') DEFAULT 'y'"]


def fill(site, r):
    """Rows to begin with."""
    connection, cursor = site.connect()
    for table in site.tables:
        cursor.execute(table.create())
        rows = [values_of(table, r, n) for n in range(1, table.rows + 1)]
        for at in range(0, len(rows), 50):
            cursor.execute(f"INSERT IGNORE INTO {table.name} ({names_of(table)}) VALUES " + ", ".join(rows[at:at + 50]))
    cursor.execute(f"UPDATE users SET active = 1, version = 0 WHERE n <= {STABLE}")
    connection.commit()


def names_of(table):
    names = ["n"] + list(table.columns)
    if table.name == "names":
        names.append("name")
    if table.name == "children":
        names += ["parent", "other"]
    return ", ".join(f"`{n}`" for n in names)


def values_of(table, r, n):
    solid = {"k", "active"}
    made = [str(n)] + [c.solid(r) if name in solid else c.literal(r) for name, c in table.columns.items()]
    if table.name == "names":
        made.append(word(r))
    if table.name == "children":
        made += [r.choice(["NULL", str(r.randint(1, 30))]) for _ in range(2)]
    return "(" + ", ".join(made) + ")"


def word(r):
    return "'" + "".join(r.choice("abcXYZäÖ漢 ") for _ in range(r.randint(1, 5))).strip() + f"{r.randrange(300)}'"


class Writer:
    def __init__(self, site, seed, number, until, isTame):
        self.site, self.number, self.until, self.isTame = site, number, until, isTame
        self.r = random.Random(seed * 100 + number)
        self.done = 0
        self.problem = None
        self.thread = threading.Thread(target=self.run)

    def run(self):
        while time.time() < self.until and self.problem is None:
            try:
                self.connection, self.cursor = self.site.connect()
                self.cursor.execute(
                    "SET SESSION innodb_lock_wait_timeout = 1, lock_wait_timeout = 2, max_statement_time = 20")
                while time.time() < self.until:
                    self.step()
            except (pymysql.err.OperationalError, pymysql.err.InterfaceError) as error:
                if error.args[0] not in (0, 2003, 2002, 2006, 2013, 1053, 1927, 4031):
                    self.problem = repr(error)
                time.sleep(0.02)
            except Exception as error:
                self.problem = repr(error)

    def step(self):
        kind = self.r.random()
        try:
            if kind < 0.04:
                self.as_a_whole()
            elif kind < 0.06 and not self.isTame:
                self.two_phases()
            elif kind < 0.09:
                self.many()
            elif kind < 0.12:
                self.cursor.execute("FLUSH BINARY LOGS")
            elif kind < 0.13:
                self.cursor.execute("PURGE BINARY LOGS BEFORE NOW() - INTERVAL 1 SECOND")
            else:
                self.transaction()
            self.done += 1
        except (pymysql.err.MySQLError, ValueError) as error:
            if error.args[0] not in PASSING:
                raise
            self.cursor.execute("ROLLBACK")

    # ---- rows

    def transaction(self):
        self.cursor.execute("BEGIN")
        for _ in range(self.r.randrange(1, 6)):
            if self.r.random() < 0.15:
                self.cursor.execute("SAVEPOINT here")
                self.change()
                self.change()
                self.cursor.execute("ROLLBACK TO SAVEPOINT here")
            self.change()
        self.cursor.execute("ROLLBACK" if self.r.random() < 0.15 else "COMMIT")

    def table(self):
        r = self.r
        while True:
            table = r.choice(self.site.tables)
            if table.name in ("users", "members") or r.random() < 0.6:
                if (table.isSafe or not self.isTame) and table.name != "huge":
                    return table
            if r.random() < 0.003:
                return next(t for t in self.site.tables if t.name == "huge")

    def change(self):
        r, table = self.r, self.table()
        first, top = (STABLE + 1 if table.name == "users" else 1), max(table.rows * 3 // 2, 20)
        n, kind = r.randrange(first, top), r.random()
        where = f"n BETWEEN {n} AND {n + r.randrange(6)}"
        if table.name == "huge":
            where, kind = ("n > 0", 0.5) if r.random() < 0.5 else (where, kind)
        changed = r.sample(list(table.columns), min(len(table.columns), r.randrange(1, 4)))
        sets = ", ".join(f"`{c}` = {table.columns[c].solid(r) if c in ('k', 'active') else table.columns[c].literal(r)}"
                         for c in changed)
        if table.name == "users" and r.random() < 0.4:
            self.execute(f"UPDATE users SET version = version + 1, note = {table.columns['note'].literal(r)} "
                         f"WHERE n <= {STABLE} AND n >= {r.randrange(STABLE)} AND version >= 0")
        elif kind < 0.3:
            again = f" ON DUPLICATE KEY UPDATE {sets}" if r.random() < 0.7 else ""
            self.execute(f"INSERT {'' if again else 'IGNORE '}INTO {table.name} ({names_of(table)}) VALUES "
                         f"{values_of(table, r, n)}{again}")
        elif kind < 0.4 and table.name != "users":
            self.execute(f"REPLACE INTO {table.name} ({names_of(table)}) VALUES {values_of(table, r, n)}")
        elif kind < 0.65:
            self.execute(f"UPDATE IGNORE {table.name} SET {sets} WHERE {where}")
        elif kind < 0.75:
            self.execute(f"UPDATE IGNORE {table.name} SET n = {r.randrange(first, top)} WHERE n = {n}")
        elif kind < 0.8 and table.name == "names":
            self.execute(f"UPDATE names SET name = {r.choice(['UPPER(name)', 'LOWER(name)', word(r)])} WHERE n = {n}")
        elif kind < 0.85 and table.alters:
            self.execute(f"UPDATE IGNORE {table.name} SET extra{r.randrange(3)} = {r.choice([1, 7, 'NULL'])} WHERE {where}")
        else:
            self.execute(f"DELETE FROM {table.name} WHERE {where}")

    def execute(self, sql):
        try:
            self.cursor.execute(sql)
        except pymysql.err.MySQLError as error:
            # Only the statement is undone.
            if error.args[0] not in PASSING - {1205, 1213, 1020}:
                raise

    def many(self):
        r = self.r
        name = r.choice(["parted", "rates"] if self.isTame else ["parted", "rates", "docs", "aria"])
        if r.random() < 0.5:
            self.cursor.execute(f"REPLACE INTO {name} (n, v) SELECT seq, CONCAT('s', seq) FROM seq_1_to_{r.randrange(300)}")
        else:
            path = f"{self.site.folder}/load{self.number}"
            with open(path, "w") as file:
                for n in range(r.randrange(300)):
                    file.write(f"{n}\tloaded {r.random()}\n")
            self.cursor.execute(f"LOAD DATA LOCAL INFILE '{path}' REPLACE INTO TABLE {name} (n, v)")
        self.cursor.execute("COMMIT")

    def two_phases(self):
        name = f"'x{self.number}-{self.done}'"
        self.cursor.execute(f"XA START {name}")
        try:
            self.change()
            self.change()
            self.cursor.execute(f"XA END {name}")
        except pymysql.err.MySQLError:
            # After a deadlock nothing is left for it but to be rolled back.
            for statement in ("END", "ROLLBACK"):
                try:
                    self.cursor.execute(f"XA {statement} {name}")
                except pymysql.err.MySQLError:
                    pass
            raise
        kind = self.r.random()
        if kind < 0.2:
            self.cursor.execute(f"XA ROLLBACK {name}")
        elif kind < 0.4:
            self.cursor.execute(f"XA COMMIT {name} ONE PHASE")
        else:
            self.cursor.execute(f"XA PREPARE {name}")
            time.sleep(self.r.random() * 0.05)
            self.cursor.execute(f"XA {'ROLLBACK' if kind < 0.6 else 'COMMIT'} {name}")

    # ---- tables

    def as_a_whole(self):
        r = self.r
        table = r.choice([t for t in self.site.tables if t.alters or t.name == "rates"])
        if table.name != "rates":
            a, b, type = f"extra{r.randrange(3)}", f"extra{r.randrange(3)}", r.choice(TYPES)
            place = r.choice(["", " FIRST", " AFTER n"])
            self.cursor.execute(f"ALTER TABLE {table.name} " + r.choice([
                f"ADD COLUMN IF NOT EXISTS {a} {type}{place}", f"ADD COLUMN IF NOT EXISTS {a} {type}{place}",
                f"DROP COLUMN IF EXISTS {a}", f"MODIFY COLUMN {a} {type}{place}", f"RENAME COLUMN {a} TO {b}",
                f"RENAME COLUMN {a} TO {b}, RENAME COLUMN {b} TO {a}"]))
            return
        kind, fresh = r.random(), f"rates_new{self.number}"
        if kind < 0.3:
            self.cursor.execute("TRUNCATE rates")
        elif kind < 0.5:
            self.cursor.execute("DROP TABLE IF EXISTS rates")
            self.cursor.execute(table.create("IF NOT EXISTS rates"))
        elif kind < 0.6:
            self.cursor.execute("CREATE OR REPLACE TABLE rates (n INT PRIMARY KEY, v VARCHAR(80))"
                                " SELECT seq AS n, 'made' AS v FROM seq_1_to_50")
        else:
            self.cursor.execute(f"DROP TABLE IF EXISTS {fresh}, {fresh}_old")
            self.cursor.execute(table.create(fresh))
            self.cursor.execute(f"INSERT INTO {fresh} SELECT seq, {r.random()} FROM seq_1_to_{r.randrange(1, 300)}")
            self.cursor.execute("COMMIT")
            self.cursor.execute(f"RENAME TABLE rates TO {fresh}_old, {fresh} TO rates")
