"""A private MariaDB and a hearthd that follows it, both of which can crash and come back."""

import ctypes
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time

import pymysql

import tables
import values


def bound_to_us():
    """In a new child: it ends with this process, and takes the signals that a test's thread may have blocked."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)
    signal.pthread_sigmask(signal.SIG_SETMASK, [])


class Site:
    def __init__(self, hearthd, options, images, sweep, cascades):
        self.folder = tempfile.mkdtemp(prefix="hearth-convergence-")
        self.options, self.images = options, images
        self.tables = tables.followed(images, cascades)
        self.program, self.cache = hearthd, self.folder + "/cache"
        self.socket = self.folder + "/socket"
        self.database = self.daemon = None
        # Rises when hearthd begins anew.
        self.life = 0
        self.isDown = True
        self.install()
        self.start_database()
        self.configure(sweep)

    def install(self):
        os.mkdir(self.folder + "/tmp")
        subprocess.run(
            ["mariadb-install-db", "--no-defaults", f"--datadir={self.folder}/data", "--skip-test-db", "--user=root",
             "--auth-root-authentication-method=normal", "--skip-name-resolve"], check=True, stdout=subprocess.DEVNULL,
            env=os.environ | {"TMPDIR": self.folder + "/tmp"})

    def start_database(self):
        # The log and the tables are to agree after a crash of the process, so InnoDB's log is written at each commit.
        self.database = subprocess.Popen(
            ["mariadbd", "--no-defaults", f"--datadir={self.folder}/data", f"--socket={self.socket}", "--user=root",
             "--skip-networking", "--server-id=1", "--log-bin=bin", "--binlog-format=ROW", "--binlog-row-metadata=FULL",
             "--gtid-strict-mode=ON", "--innodb-flush-log-at-trx-commit=2", "--innodb-buffer-pool-size=64M", "--sql-mode=",
             f"--tmpdir={self.folder}/tmp", "--default-time-zone=+00:00", "--max-allowed-packet=64M",
             "--innodb-lock-wait-timeout=1", "--lock-wait-timeout=5", f"--log-error={self.folder}/error",
             "--log-bin-compress-min-len=10", "--local-infile=ON", "--character-set-server=utf8mb4"]
            + self.options, stderr=subprocess.DEVNULL, preexec_fn=bound_to_us)
        deadline = time.time() + 60
        while True:
            try:
                self.connect(database=None)[0].close()
                return
            except pymysql.err.OperationalError:
                if time.time() > deadline or self.database.poll() is not None:
                    raise
                time.sleep(0.02)

    def configure(self, sweep):
        page = self.folder + "/page.mustache"
        with open(page, "w") as file:
            file.write(values.PAGE)
        feed = {
            "name": "site", "pool": "default", "sources": [{"socket": self.socket, "user": "root"}],
            "checkpoint": self.folder + "/checkpoint", "load_rows_per_second": 20_000, "chunk_rows": 10,
            "sweep": sweep, "tables": [t.settings(page) for t in self.tables]}
        with open(self.folder + "/hearth.yaml", "w") as file:
            json.dump({"memory": "700m", "pools": tables.POOLS, "feeds": [feed]}, file, indent=1)

    def start_daemon(self):
        log = open(self.folder + "/log", "a")
        flags = ["-u", "root"] if os.geteuid() == 0 else []
        self.daemon = subprocess.Popen(
            [self.program, "-s", self.cache, "--config", self.folder + "/hearth.yaml"] + flags, stdout=log, stderr=log,
            preexec_fn=bound_to_us)
        deadline = time.time() + 20
        while True:
            try:
                self.cache_connection().close()
                break
            except OSError:
                if time.time() > deadline or self.daemon.poll() is not None:
                    raise RuntimeError("hearthd does not start: " + self.log()[-1000:])
                time.sleep(0.01)
        self.life += 1
        self.isDown = False

    def crash_daemon(self):
        self.isDown = True
        self.daemon.kill()
        self.daemon.wait()

    def crash_database(self):
        self.database.kill()
        self.database.wait()

    def close(self):
        for process in (self.daemon, self.database):
            if process is not None:
                process.kill()
                process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def log(self):
        with open(self.folder + "/log", errors="replace") as file:
            return file.read()

    def connect(self, database="site"):
        connection = pymysql.connect(
            unix_socket=self.socket, user="root", charset="utf8mb4", database=database, local_infile=True,
            init_command="SET time_zone = '+00:00', binlog_row_image = '%s'" % self.images)
        return connection, connection.cursor()

    def cache_connection(self):
        stream = socket.socket(socket.AF_UNIX)
        stream.settimeout(60)
        stream.connect(self.cache)
        return stream

    def statistics(self):
        with self.cache_connection() as stream:
            stream.sendall(b"stats feeds\r\n")
            lines = iter(stream.makefile("rb").readline, b"END\r\n")
            return dict(line.decode().rstrip("\r\n").split(" ", 2)[1:] for line in lines if line.count(b" ") > 1)
