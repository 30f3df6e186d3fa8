"""Changes tables of every kind at random from several connections, with crashes of hearthd and of MariaDB, while hearthd
follows them; then what hearthd holds must be what the tables say, byte for byte.

Usage: converge.py HEARTHD SEED SECONDS [images=FULL|MINIMAL|NOBLOB] [compress=1] [metadata=MINIMAL] [sweep=2s] [crashes=0]
[database=0] [cascades=1] [patience=60]. The seed decides the rows, the operations of each writer and when something is killed; how the
writers' operations interleave is up to the machine."""

import random
import sys
import threading
import time

import check
import tables
import writers
from server import Site
from watch import Watch


def crash(site, r, until, kinds, told):
    """Kills something every now and then."""
    while kinds and time.time() < until:
        time.sleep(r.uniform(0.3, 2.5))
        kind = r.choice(kinds)
        told.append(f"{until - time.time():.1f} s before the end: {kind}")
        if kind == "hearthd":
            site.crash_daemon()
            time.sleep(r.choice([0, 0, r.random()]))
            site.start_daemon()
        elif kind == "database":
            site.crash_database()
            time.sleep(r.choice([0, 0, r.random()]))
            site.start_database()
        else:
            # What hearthd has not received yet is gone.
            site.crash_database()
            site.start_database()
            connection, cursor = site.connect()
            for _ in range(2):
                cursor.execute("FLUSH BINARY LOGS")
            cursor.execute("PURGE BINARY LOGS BEFORE NOW() + INTERVAL 1 DAY")
            connection.close()


def run(hearthd, seed, seconds, options):
    images = options.get("images", "FULL")
    r = random.Random(seed)
    server = [f"--binlog-row-image={images}", f"--binlog-row-metadata={options.get('metadata', 'FULL')}"]
    if options.get("compress") == "1":
        server.append("--log-bin-compress=ON")
    hitsDatabase = options.get("database", str(seed % 2)) == "1" and options.get("crashes") != "0"
    sweep = options.get("sweep", r.choice(["2s", "0"]))
    site = Site(hearthd, server, images, sweep, options.get("cascades") == "1")
    told = []
    try:
        connection, cursor = site.connect(database=None)
        cursor.execute("CREATE DATABASE site")
        connection.close()
        writers.fill(site, r)
        connection, cursor = site.connect()
        for trigger in tables.TRIGGERS:
            cursor.execute(trigger)
        connection.close()
        site.start_daemon()
        until = time.time() + seconds
        team = [writers.Writer(site, seed, number, until, hitsDatabase) for number in range(3)]
        watch = Watch(site, seed, images)
        kinds = [] if options.get("crashes") == "0" else ["hearthd"] + (["database", "purge"] if hitsDatabase else [])
        for one in team + [watch]:
            one.thread.start()
        crash(site, random.Random(seed + 1), until, kinds, told)
        for one in team:
            one.thread.join()
        problem = next((one.problem for one in team if one.problem), None)
        if problem is None:
            problem = settle(site, watch, time.time() + float(options.get("patience", 60)))
        watch.isOver = True
        watch.thread.join()
        problem = problem or watch.problem
        figures = site.statistics() if site.daemon.poll() is None else {}
        if problem is None and figures.get("site:differences") != "0" and options.get("cascades") != "1":
            problem = f"sweeps found {figures.get('site:differences')} differences"
        facts = (f"{sum(one.done for one in team)} steps, {watch.reads} reads, {watch.refusals} refused; sweep {sweep}; "
                 f"events {figures.get('site:row_events')}; {told}")
        if problem:
            print(f"seed {seed}, {options}: {problem}\n{facts}\nhearthd said:\n{site.log()[-8000:]}")
            if "keep" in options:
                print(site.folder)
                input()
            return False
        print(f"seed {seed} converged: {facts}")
        return True
    finally:
        site.close()


def differences(site):
    try:
        return check.differences(site)
    except OSError as error:
        return f"asking hearthd: {error!r}"


def settle(site, watch, deadline):
    """Waits until nothing differs. Nil when that is so."""
    connection, cursor = site.connect()
    cursor.execute("XA RECOVER")
    for _, length, _, data in cursor.fetchall():
        cursor.execute(f"XA COMMIT '{data}'")
    connection.close()
    while (problem := differences(site)) is not None:
        if site.daemon.poll() is not None:
            return f"hearthd ended with {site.daemon.returncode}"
        if time.time() > deadline:
            return problem
        time.sleep(0.2)
    return None


if __name__ == "__main__":
    hearthd, seed, seconds = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
    options = dict(word.split("=", 1) for word in sys.argv[4:])
    sys.exit(0 if run(hearthd, seed, seconds, options) else 1)
