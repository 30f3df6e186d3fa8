"""pymemcache against two daemons. Arguments: their ports."""

import os
import sys
import threading

from pymemcache import serde
from pymemcache.client.base import Client, PooledClient
from pymemcache.client.hash import HashClient
from pymemcache.exceptions import MemcacheClientError, MemcacheServerError

PORTS = [int(port) for port in sys.argv[1:]]
SERVERS = [("127.0.0.1", port) for port in PORTS]


def check(found, expected):
    """Equal, or the program ends with the place and both values."""
    if found != expected:
        raise AssertionError(f"found {found!r:.300}, expected {expected!r:.300}")


def refused(error, action):
    try:
        action()
    except error:
        return
    raise AssertionError(f"no {error.__name__}")


def one_client(noreply):
    client = Client(SERVERS[0], default_noreply=noreply, no_delay=True, timeout=30)
    client.flush_all()
    check(client.get("a"), None)
    check(client.get("a", "default"), "default")
    check(client.set("a", b"one", expire=100), True)
    check(client.get("a"), b"one")
    check(client.add("a", b"x", noreply=False), False)
    check(client.add("b", b"new", noreply=False), True)
    check(client.replace("none", b"x", noreply=False), False)
    check(client.replace("b", b"two"), True)
    check(client.append("b", b">"), True)
    check(client.prepend("b", b"<"), True)
    check(client.get("b"), b"<two>")

    many = {f"many:{i}": (b"%d " % i) * (i % 50) for i in range(1000)}
    check(client.set_many(many), [])
    check(client.get_many(list(many) + ["none"]), many)
    check(client.get_many([]), {})
    check(client.gets_many(["many:1"])["many:1"][0], many["many:1"])
    check(client.delete_many([f"many:{i}" for i in range(500)]), True)
    check(len(client.get_many(list(many))), 500)

    client.set("c", b"1", noreply=False)
    value, cas = client.gets("c")
    check(value, b"1")
    check(client.cas("c", b"2", cas, noreply=False), True)
    check(client.cas("c", b"3", cas, noreply=False), False)
    check(client.cas("none", b"3", cas, noreply=False), None)
    check(client.gets("none"), (None, None))

    client.set("n", b"10", noreply=False)
    check(client.incr("n", 5), 15)
    check(client.decr("n", 20), 0)
    check(client.incr("n", 2**64 - 1), 2**64 - 1)
    check(client.incr("none", 1), None)
    client.incr("n", 4, noreply=True)
    check(client.get("n"), b"3")
    client.set("n", b"word", noreply=False)
    refused(MemcacheClientError, lambda: client.incr("n", 1))

    check(client.touch("a", 1000, noreply=False), True)
    check(client.touch("none", 1000, noreply=False), False)
    check(client.delete("a", noreply=False), True)
    check(client.delete("a", noreply=False), False)

    large = bytes(range(256)) * 4095
    check(client.set("large", large, noreply=False), True)
    check(client.get("large"), large)
    refused(MemcacheServerError, lambda: client.set("large", b"x" * (1 << 20), noreply=False))
    # pymemcache closes after an error; the next command connects anew.
    check(client.get("large"), None)

    stats = client.stats()
    check(stats[b"curr_items"] > 500, True)
    check(stats[b"pid"] > 0, True)
    check(stats[b"threads"], 4)
    check(b"maxbytes" in client.stats("settings"), True)
    check([int(part) >= 0 for part in client.version().split(b".")], [True] * 3)
    check(client.cache_memlimit(80), True)
    check(client.stats()[b"limit_maxbytes"], 80 << 20)

    check(client.flush_all(noreply=False), True)
    check(client.get("b"), None)
    client["item"] = b"syntax"
    check(client["item"], b"syntax")
    client.quit()


def serialized():
    client = Client(SERVERS[0], serde=serde.pickle_serde, timeout=30)
    value = {"list": [1, 2.5, None], "text": "grün", "bytes": b"\0\r\n\xff", "nested": {"a": (1, 2)}}
    for key, stored in {"dict": value, "int": 42, "text": "grün", "lines": b"END\r\nVALUE x 0 1\r\n"}.items():
        client.set(key, stored, noreply=False)
        check(client.get(key), stored)
    client.close()


def hashed():
    client = HashClient(SERVERS, timeout=30)
    client.flush_all()
    many = {f"hash:{i}": b"%d" % i for i in range(1000)}
    check(client.set_many(many, noreply=False), [])
    check(client.get_many(list(many)), many)
    counts = [len(Client(server).get_many(list(many))) for server in SERVERS]
    # Servers that keep copies for each other have all of them.
    check(sum(counts), 2000 if "COPIES" in os.environ else 1000)
    check(all(count > 100 for count in counts), True)
    check(client.incr("hash:7", 3), 10)
    check(client.delete_many(list(many), noreply=False), True)
    check(client.get_many(list(many)), {})
    client.close()


def pooled():
    client = PooledClient(SERVERS[1], max_pool_size=8, no_delay=True, timeout=30)
    client.set("counter", b"0", noreply=False)
    failures = []

    def work(name):
        try:
            for i in range(300):
                key, value = f"{name}:{i % 20}", b"%d of %d " % (i, name) * (i % 40)
                # Not without reply: the next request may go over another connection of the pool.
                client.set(key, value, noreply=False)
                check(client.get(key), value)
                check(client.get_many([key, "none"]), {key: value})
                client.incr("counter", 1, noreply=i % 3 == 0)
        except Exception as error:
            failures.append(f"thread {name}: {error!r}")

    threads = [threading.Thread(target=work, args=(name,)) for name in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    check(failures, [])
    # An `incr` without reply may still be on its way on another connection of the pool; asking on each settles that.
    clients = [client.client_pool.get() for _ in range(client.client_pool.max_size)]
    for one in clients:
        one.version()
        client.client_pool.release(one)
    check(client.get("counter"), b"2400")
    client.close()


one_client(noreply=True)
one_client(noreply=False)
serialized()
hashed()
pooled()
print("all done")
