"""pylibmc (libmemcached) with the text protocol against two daemons. Arguments: their ports."""

import os
import sys
import threading

import pylibmc

SERVERS = [f"127.0.0.1:{port}" for port in sys.argv[1:]]


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


def one_client(behaviors):
    client = pylibmc.Client(SERVERS[:1], binary=False, behaviors=behaviors)
    check(client.flush_all(), True)
    check(client.get("a"), None)
    values = {
        "text": "grün", "bytes": b"\0\r\n\xff", "int": -5, "long": 2**70, "float": 0.1,
        "dict": {"list": [1, None, (2, 3)], "set": {1, 2}}, "empty": b"",
    }
    for key, value in values.items():
        check(client.set(key, value, time=100), True)
        check(client.get(key), value)
        check(type(client.get(key)), type(value))
    check(client.get_multi(list(values) + ["none"]), values)

    check(client.add("text", "x"), False)
    check(client.add("new", "x"), True)
    check(client.replace("none", "x"), False)
    check(client.replace("new", "b"), True)
    check(client.append("new", "c"), True)
    check(client.prepend("new", "a"), True)
    check(client.get("new"), "abc")
    check(client.delete("new"), True)
    check(client.delete("new"), False)
    check(client.touch("text", 1000), True)
    check(client.touch("none", 1000), False)

    check(client.set("n", 10), True)
    check(client.incr("n"), 11)
    check(client.incr("n", 9), 20)
    check(client.decr("n", 5), 15)
    check(client.get("n"), 15)
    refused(pylibmc.NotFound, lambda: client.incr("none"))

    many = {f"many:{i}": {"number": i, "padding": "p" * (i % 300)} for i in range(1000)}
    check(client.set_multi(many), [])
    check(client.get_multi(list(many)), many)
    check(client.get_multi([f"{i}" for i in range(1000)], key_prefix="many:"), {k[5:]: v for k, v in many.items()})
    check(client.delete_multi([f"many:{i}" for i in range(500)]), True)
    check(len(client.get_multi(list(many))), 500)


def compare_and_swap():
    client = pylibmc.Client(SERVERS[:1], binary=False, behaviors={"cas": True})
    client.set("c", [1])
    value, cas = client.gets("c")
    check(value, [1])
    check(client.cas("c", [2], cas), True)
    check(client.cas("c", [3], cas), False)
    check(client.get("c"), [2])


def sizes():
    client = pylibmc.Client(SERVERS[:1], binary=False)
    large = bytes(range(256)) * 4095
    check(client.set("large", large), True)
    check(client.get("large"), large)
    refused(pylibmc.TooBig, lambda: client.set("large", b"x" * (1 << 20)))
    check(client.get("large"), None)
    # Compressed, ten million bytes fit.
    huge = "compressible " * 800_000
    check(client.set("huge", huge, min_compress_len=1000), True)
    check(client.get("huge"), huge)
    some = {f"z:{i}": "z" * i for i in range(0, 5000, 50)}
    check(client.set_multi(some, min_compress_len=1000, compress_level=9), [])
    check(client.get_multi(list(some)), some)


def two_servers():
    client = pylibmc.Client(SERVERS, binary=False, behaviors={"ketama": True, "tcp_nodelay": True})
    client.flush_all()
    many = {f"ring:{i}": i for i in range(1000)}
    check(client.set_multi(many), [])
    check(client.get_multi(list(many)), many)
    check(len(client.get_stats()), 2)
    counts = [len(pylibmc.Client([server], binary=False).get_multi(list(many))) for server in SERVERS]
    # Servers that keep copies for each other have all of them.
    check(sum(counts), 2000 if "COPIES" in os.environ else 1000)
    check(all(count > 200 for count in counts), True)


def pooled():
    pool = pylibmc.ThreadMappedPool(pylibmc.Client(SERVERS, binary=False))
    with pool.reserve() as client:
        client.set("counter", 0)
    failures = []

    def work(name):
        try:
            for i in range(300):
                with pool.reserve() as client:
                    key, value = f"{name}:{i % 20}", [name, i, "v" * (i % 400)]
                    client.set(key, value)
                    check(client.get_multi([key, "none"]), {key: value})
                    client.incr("counter")
        except Exception as error:
            failures.append(f"thread {name}: {error!r}")
        pool.relinquish()

    threads = [threading.Thread(target=work, args=(name,)) for name in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    check(failures, [])
    with pool.reserve() as client:
        check(client.get("counter"), 2400)
    pool.relinquish()


one_client({})
one_client({"no_block": True, "tcp_nodelay": True})
compare_and_swap()
sizes()
two_servers()
pooled()
print("all done")
