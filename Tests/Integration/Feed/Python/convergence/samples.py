"""Columns of every type that MariaDB has, each with values at its limits and a maker of others, as SQL literals."""

import struct


class Column:
    def __init__(self, type, fixed, make):
        self.type, self.fixed, self.make = type, fixed, make

    def literal(self, r):
        if r.random() < 0.08:
            return "NULL"
        return r.choice(self.fixed) if self.fixed and r.random() < 0.4 else self.make(r)

    def solid(self, r):
        """A literal that is not NULL."""
        return r.choice(self.fixed) if self.fixed and r.random() < 0.4 else self.make(r)


def quoted(text):
    return "_utf8mb4 x'" + text.encode().hex() + "'" if text else "''"


def digits(r, count):
    return "".join(r.choice("0123456789") for _ in range(count))


def clock(r, hours):
    return f"{r.randint(0, hours):02}:{r.randint(0, 59):02}:{r.randint(0, 59):02}.{digits(r, 6)}"


def day(r, first, last):
    return f"{r.randint(first, last):04}-{r.randint(1, 12):02}-{r.randint(1, 28):02}"


def integers():
    for name, bits in (("TINYINT", 8), ("SMALLINT", 16), ("MEDIUMINT", 24), ("INT", 32), ("BIGINT", 64)):
        top, all_ones = (1 << bits - 1) - 1, (1 << bits) - 1
        yield Column(name, ["0", "-1", str(top), str(-top - 1)], lambda r, t=top: str(r.randint(-t - 1, t)))
        yield Column(f"{name} UNSIGNED", ["0", "1", str(all_ones), str(all_ones // 2 + 1)],
                     lambda r, t=all_ones: str(r.randint(0, t)))
    yield Column("INT(9) ZEROFILL", ["0", "12", "4294967295"], lambda r: str(r.randrange(1000)))
    yield Column("BOOLEAN", ["true", "false"], lambda r: str(r.randrange(2)))


def decimals():
    for precision, scale in ((65, 30), (65, 0), (10, 0), (9, 9), (18, 9), (5, 2), (20, 1), (1, 0), (30, 30), (38, 10)):
        whole = precision - scale
        nines = "9" * whole + ("." + "9" * scale if scale else "")
        small = "0." + "0" * (scale - 1) + "1" if scale else "1"

        def make(r, whole=whole, scale=scale):
            fraction = "." + digits(r, scale) if scale else ""
            return r.choice(["", "-"]) + "0" + digits(r, r.randint(0, whole)) + fraction
        yield Column(f"DECIMAL({precision},{scale})", ["0", nines, "-" + nines, small, "-" + small], make)
    yield Column("DECIMAL(8,2) UNSIGNED ZEROFILL", ["0", "1.5", "999999.99"], lambda r: f"{r.randrange(1000)}.5")


def approximate():
    def single(r):
        bits = r.randrange(1, 0x7f000000)
        return repr(struct.unpack("f", struct.pack("I", bits))[0] * r.choice([1, -1]))

    def double(r):
        return repr(r.choice([r.uniform(-1e9, 1e9), r.random() * 10.0 ** r.randrange(-300, 300)]))
    yield Column("FLOAT", ["0", "-1.5", "3.4028e38", "1.17549e-38", "16777216", "33554434", "0.1", "1e-4", "1e-5"],
                 single)
    yield Column("DOUBLE", ["0", "-1.5", "1.7976931348623157e308", "2.2250738585072014e-308", "1e15", "1e16", "0.1",
                            "9007199254740993", "123456789012345678"], double)
    for bits in (1, 7, 8, 9, 33, 64):
        top = (1 << bits) - 1
        yield Column(f"BIT({bits})", ["0", "1", str(top)], lambda r, t=top: str(r.randint(0, t)))


def temporal():
    yield Column("YEAR", ["0", "1901", "2155"], lambda r: str(r.randint(1901, 2155)))
    yield Column("DATE", ["'0000-00-00'", "'9999-12-31'", "'2024-02-29'", "'1000-01-01'", "'2020-00-00'"],
                 lambda r: f"'{day(r, 1000, 9999)}'")
    for fraction in range(7):
        suffix = f"({fraction})" if fraction else ""
        yield Column(f"TIME{suffix}", ["'00:00:00'", "'-00:00:00.5'", "'838:59:59'", "'-838:59:59'", "'-00:00:01'",
                                       "'-12:34:56.987654'"], lambda r: f"'{r.choice(['', '-'])}{clock(r, 837)}'")
        yield Column(f"DATETIME{suffix}", ["'0000-00-00 00:00:00'", "'9999-12-31 23:59:59'",
                                           "'1000-01-01 00:00:00.000001'"],
                     lambda r: f"'{day(r, 1000, 9998)} {clock(r, 23)}'")
        yield Column(f"TIMESTAMP{suffix} NULL", ["'0000-00-00 00:00:00'", "'1970-01-01 00:00:01'",
                                                 "'2038-01-19 03:14:07'", "'2000-02-29 12:00:00.123456'"],
                     lambda r: f"'{day(r, 1971, 2037)} {clock(r, 23)}'")


def text(type, characters, alphabet, longest, tail=""):
    full = (alphabet * longest)[:longest]

    def make(r):
        return quoted("".join(r.choice(alphabet) for _ in range(r.randint(0, longest))))
    return Column(f"{type} CHARACTER SET {characters}{tail}", ["''", "'a'", quoted(alphabet), quoted(full)], make)


def texts():
    for type, characters, alphabet, longest in (
            ("CHAR(12)", "utf8mb4", "aäß€𝄞zq", 12), ("CHAR(255)", "utf8mb4", "aäß€𝄞", 255),
            ("VARCHAR(20)", "utf8mb3", "abcäöü漢字", 20), ("VARCHAR(300)", "utf8mb4", "x€𝄞\"\\\n\x01/", 300),
            ("TINYTEXT", "utf8mb4", "tiny€", 60), ("TEXT", "latin1", "plain äöüß€Ÿ", 400),
            ("MEDIUMTEXT", "utf8mb4", "medium\t\r", 500), ("LONGTEXT", "ucs2", "äx€漢", 200),
            ("VARCHAR(50)", "ascii", "plain\x7f", 50), ("CHAR(30)", "latin1", "naïve ÿ€", 30),
            ("VARCHAR(30)", "utf16", "aä€𝄞", 30), ("VARCHAR(30)", "utf16le", "aä€𝄞", 30),
            ("CHAR(10)", "utf32", "aä€𝄞", 10), ("VARCHAR(30)", "sjis", "~a日本〜‖−¢語カナ", 30),
            ("VARCHAR(30)", "cp932", "abc日本語カナ", 30), ("VARCHAR(30)", "ujis", "~a日本〜‖−¢語カナ", 30),
            ("VARCHAR(30)", "eucjpms", "abc日本語カナ", 30), ("VARCHAR(30)", "gbk", "abc汉字繁體", 30),
            ("VARCHAR(30)", "gb2312", "abc汉字", 30), ("VARCHAR(30)", "big5", "abc漢字", 30),
            ("VARCHAR(30)", "euckr", "abc한국어", 30), ("VARCHAR(30)", "cp1250", "abcčřž", 30),
            ("VARCHAR(30)", "cp1251", "abcЖук", 30), ("VARCHAR(30)", "koi8r", "abcЖук", 30),
            ("VARCHAR(30)", "swe7", "abcåäö", 30), ("VARCHAR(30)", "greek", "abcλόγος", 30),
            ("VARCHAR(30)", "hebrew", "abcשלום", 30), ("VARCHAR(30)", "latin2", "abcčřž", 30),
            ("VARCHAR(30)", "latin5", "abcğş", 30), ("VARCHAR(30)", "cp850", "abcäßø", 30),
            ("VARCHAR(30)", "tis620", "abcไทย", 30)):
        yield text(type, characters, alphabet, longest)
    yield text("VARCHAR(1000)", "utf8mb4", "squeeze ä", 900, " COMPRESSED")
    yield text("TEXT", "latin1", "squeeze ä", 900, " COMPRESSED")


def byte_strings():
    for type, longest in (("BINARY(16)", 16), ("BINARY(255)", 255), ("VARBINARY(20)", 20), ("VARBINARY(1000)", 300),
                          ("TINYBLOB", 255), ("BLOB", 700), ("MEDIUMBLOB", 300), ("LONGBLOB", 300)):
        full = "".join(f"{i & 255 | 1:02x}" for i in range(longest))
        yield Column(type, ["''", "x'00'", "x'ff00'", f"x'{full}'", "x'20'"],
                     lambda r, n=longest: f"x'{r.randbytes(r.randint(0, n)).hex()}'")
    yield Column("BLOB COMPRESSED", ["''", "REPEAT('x', 60000)", "'short'"], lambda r: f"REPEAT('ab', {r.randint(0, 9000)})")
    yield Column("VARBINARY(200) COMPRESSED", ["''", "REPEAT('x', 200)"], lambda r: f"REPEAT('ab', {r.randint(0, 100)})")
    yield Column("GEOMETRY", ["ST_GeomFromText('POINT(1 2)')",
                              "ST_GeomFromText('POLYGON((0 0,1 0,1 1,0 0))', 4326)"],
                 lambda r: f"ST_GeomFromText('LINESTRING({r.randint(-9, 9)} 1, 2 2, 3 {r.randint(-9, 9)})')")
    yield Column("POINT", ["ST_GeomFromText('POINT(-1.5 2e10)')"], lambda r: f"ST_GeomFromText('POINT({r.random()} 1)')")


def lists():
    many = ",".join(f"'member {i}'" for i in range(1, 301))
    set64 = ",".join(f"'s{i}'" for i in range(1, 65))
    yield Column(r"ENUM('one','two','drei ä','it''s','a\\b')", ["'one'", "'drei ä'", "4", "5", "'none of them'"],
                 lambda r: str(r.randint(1, 5)))
    yield Column(f"ENUM({many})", ["1", "300", "255", "256"], lambda r: str(r.randint(1, 300)))
    yield Column("ENUM('é','ü','x') CHARACTER SET latin1", ["'é'", "'ü'"], lambda r: str(r.randint(1, 3)))
    yield Column("SET('a','b','ü')", ["''", "'a'", "'a,ü'", "7"], lambda r: str(r.randint(0, 7)))
    yield Column(f"SET({set64})", ["0", "18446744073709551615", "9223372036854775808"],
                 lambda r: str(r.getrandbits(64)))


def mariadb():
    yield Column("JSON", ["'{}'", "'{\"a\": [1, 2.5, null, \"ü\"]}'"], lambda r: f"'[{r.randint(0, 99)}]'")
    yield Column("UUID", ["'00112233-4455-6677-8899-aabbccddeeff'", "'00112233-4455-1677-8899-aabbccddee00'",
                          "'00000000-0000-0000-0000-000000000000'", "'ff112233-4455-c677-0899-aabbcc000000'"],
                 lambda r: f"x'{r.randbytes(16).hex()}'")
    yield Column("INET4", ["'0.0.0.0'", "'255.255.255.255'", "'1.2.0.0'"],
                 lambda r: f"'{r.randint(0, 255)}.{r.randint(0, 255)}.0.{r.randint(0, 3)}'")
    yield Column("INET6", ["'::'", "'::1'", "'::ffff:1.2.3.4'", "'::1.2.3.4'", "'1:2:3:4:5:6:7:8'", "'2001:db8::'",
                           "'::5:0'"], lambda r: "'" + ":".join(r.choice(["0", "1", "db8"]) for _ in range(8)) + "'")


def every():
    for group in (integers, decimals, approximate, temporal, texts, byte_strings, lists, mariadb):
        yield from group()
