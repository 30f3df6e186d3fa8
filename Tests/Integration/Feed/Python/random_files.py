"""Random changes to a tree of files by several writers; at the end the pool is what the tree is, byte by byte.

Usage: random_files.py ROOT PORT SEED SECONDS. Keys are page:/PATH; hidden names are for the writers' own use.
"""
import multiprocessing
import os
import random
import socket
import sys
import time


def name(rng):
    return rng.choice("abcdef") + rng.choice(["", ".html", " x", "%", "\u00e9", ".b~", "1", "2"])


def folder(root, rng):
    """Some folder, nearer ones more often."""
    at = root
    while rng.random() < 0.6:
        below = [e.path for e in os.scandir(at) if e.is_dir(follow_symlinks=False) and not e.name.startswith(".")]
        if not below:
            break
        at = rng.choice(below)
    return at


def write(path, rng):
    with open(path, "wb") as f:
        for _ in range(rng.randrange(4)):
            f.write(rng.randbytes(rng.choice([1, 10, 100, 1000, 40000])))
            f.flush()
            if rng.random() < 0.2:
                time.sleep(rng.random() * 0.02)


def change(root, rng):
    at = folder(root, rng)
    path = os.path.join(at, name(rng))
    other = os.path.join(folder(root, rng), name(rng))
    what = rng.randrange(14)
    if what < 4:
        write(path, rng)
    elif what < 6:
        hidden = os.path.join(at, ".new%d" % os.getpid())
        write(hidden, rng)
        os.rename(hidden, path)
    elif what == 6:
        os.unlink(path)
    elif what == 7:
        os.mkdir(path)
    elif what == 8:
        os.rename(path, other)
    elif what == 9:
        os.symlink(os.path.relpath(other, at) if rng.random() < 0.7 else other, path)
    elif what == 10:
        os.link(path, other)
    elif what == 11 and rng.random() < 0.3:
        # Out of the tree, changed there, and back.
        away = root + ".away%d" % os.getpid()
        os.rename(path, away)
        if os.path.isdir(away):
            write(os.path.join(away, name(rng)), rng)
        os.rename(away, other)
    elif what == 12:
        os.mkdir(path)
        deep = os.path.join(path, name(rng))
        os.mkdir(deep)
        write(os.path.join(deep, name(rng)), rng)
    elif what == 13 and rng.random() < 0.3:
        for d, ds, fs in os.walk(path, topdown=False):
            for f in fs:
                os.unlink(os.path.join(d, f))
            for f in ds:
                p = os.path.join(d, f)
                os.unlink(p) if os.path.islink(p) else os.rmdir(p)
        os.rmdir(path)


def work(root, seed, seconds):
    rng = random.Random(seed)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            change(root, rng)
        except OSError:
            pass
        if rng.random() < 0.05:
            time.sleep(rng.random() * 0.05)


def is_left_out(part):
    return part.startswith(b".") or part.endswith(b"~") or part.startswith(b"#") and part.endswith(b"#")


def expected(root):
    """What the pool has to hold, by an independent walk: links are followed within the tree, never into a folder above."""
    entries = {}
    real = os.path.realpath(root)

    def inside(path):
        return path == real or path.startswith(real + b"/")

    def walk(at, path, above, links):
        for part in os.listdir(at):
            if is_left_out(part):
                continue
            here = os.path.join(at, part)
            key = path + b"/" + part if path else part
            depth = links
            target = here
            if os.path.islink(here):
                try:
                    target = os.path.realpath(here, strict=True)
                except OSError:
                    continue
                if not inside(target):
                    continue
                depth += 1
            if os.path.isdir(target):
                # Resolved, so that a folder is the same however it was reached.
                there = os.path.realpath(target)
                if os.path.islink(here) and (there in above or depth > 8):
                    continue
                walk(target, key, above | {there}, depth)
            elif os.path.isfile(target):
                text = b"".join(b"%%%02X" % b if b <= 32 or b == 37 else bytes([b]) for b in b"page:/" + key)
                if len(text) <= 250:
                    with open(target, "rb") as f:
                        entries[text] = f.read()

    walk(real, b"", {real}, 0)
    return entries


class Cache:
    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.file = self.socket.makefile("rb")

    def get(self, key):
        self.socket.sendall(b"get " + key + b"\r\n")
        line = self.file.readline()
        if line == b"END\r\n":
            return None
        if not line.startswith(b"VALUE "):
            raise SystemExit("%r answered %r" % (key, line))
        value = self.file.read(int(line.split()[3]) + 2)[:-2]
        assert self.file.readline() == b"END\r\n"
        return value

    def keys(self):
        self.socket.sendall(b"lru_crawler metadump all\r\n")
        keys = set()
        for line in self.file:
            if line == b"END\r\n":
                return keys
            field = line.split()[0][len(b"key="):]
            parts = field.split(b"%")
            keys.add(parts[0] + b"".join(bytes([int(p[:2], 16)]) + p[2:] for p in parts[1:]))


def difference(root, cache):
    wanted = expected(root)
    held = {key for key in cache.keys() if key.startswith(b"page:/")}
    for key in sorted(set(wanted) | held):
        value = cache.get(key)
        if value != wanted.get(key):
            show = lambda v: "nothing" if v is None else "%d bytes" % len(v)
            return "%r: the pool has %s, the tree %s" % (key, show(value), show(wanted.get(key)))
    return "" if held == set(wanted) else "keys differ"


def main():
    root, port, seed, seconds = os.fsencode(sys.argv[1]).decode(), int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])
    writers = [
        multiprocessing.Process(target=work, args=(root, seed * 100 + i, seconds)) for i in range(4)
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    cache = Cache(port)
    end = time.monotonic() + 20
    problem = "not compared"
    while problem and time.monotonic() < end:
        problem = difference(os.fsencode(root), cache)
        time.sleep(0.05)
    if problem:
        raise SystemExit(problem)
    print("%d files" % len(expected(os.fsencode(root))))
    print("all done")


if __name__ == "__main__":
    main()
