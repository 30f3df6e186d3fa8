"""Reads rows that are never deleted, while everything changes: never a miss, never an older version, never a refusal once
the pool was ready."""

import json
import random
import threading
import time

from writers import STABLE


class Watch:
    def __init__(self, site, seed, images):
        self.site, self.r = site, random.Random(seed)
        self.problem = None
        self.reads = self.refusals = 0
        self.versions = {}
        self.isOver = False
        self.images = images
        self.thread = threading.Thread(target=self.run)

    def run(self):
        while not self.isOver and self.problem is None:
            life = self.site.life
            try:
                with self.site.cache_connection() as stream:
                    self.read(stream, stream.makefile("rb"), life)
            except (OSError, ValueError) as error:
                if self.site.isDown or life != self.site.life or self.isOver:
                    time.sleep(0.02)
                else:
                    self.problem = f"reading: {error!r}"

    def read(self, stream, lines, life):
        isReady = False
        while not self.isOver:
            n = self.r.randint(1, STABLE)
            stream.sendall(b"get user:%d\r\n" % n)
            line = lines.readline()
            if line.startswith(b"VALUE"):
                isReady = True
                self.reads += 1
                version = json.loads(lines.read(int(line.split()[3])))["version"]
                lines.readline()
                lines.readline()
                if version < self.versions.get(n, 0):
                    self.problem = f"user:{n} had version {self.versions[n]}, then {version}"
                self.versions[n] = version
            elif line.startswith(b"SERVER_ERROR pool users") and not isReady:
                self.refusals += 1
            elif self.site.isDown or life != self.site.life or not line:
                raise OSError("hearthd ended")
            else:
                self.problem = f"user:{n}: {line.decode().strip()} although it is in the table"
            if self.problem:
                return
            time.sleep(0.0005)
