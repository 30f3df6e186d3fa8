"""The loop of the original KeyedMutex client, as a process of its own.

Arguments: port of the cache, socket of the mutex port, file that gets a line for each value computed here, keys.
"""
import hashlib
import socket
import sys
import time

port, path, log, count = int(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])
cache = socket.create_connection(("127.0.0.1", port), timeout=30)
replies = cache.makefile("rb")
mutex = socket.socket(socket.AF_UNIX)
mutex.settimeout(30)
mutex.connect(path)


def get(key):
    cache.sendall(b"get %s\r\n" % key)
    line = replies.readline()
    if line == b"END\r\n":
        return None
    value = replies.read(int(line.split()[3]) + 2)[:-2]
    assert replies.readline() == b"END\r\n"
    return value


def compute(key):
    time.sleep(0.02)
    with open(log, "a") as file:
        file.write(key.decode() + "\n")
    return b"value of " + key


def lock(key):
    mutex.sendall(hashlib.md5(key).digest())
    answer = mutex.recv(1)
    assert answer in (b"O", b"R"), answer
    return answer == b"O"


for number in range(count):
    key = b"page:%d" % number
    value = get(key)
    while value is None:
        if lock(key):
            value = get(key)
            if value is None:
                value = compute(key)
                cache.sendall(b"set %s 0 0 %d\r\n%s\r\n" % (key, len(value), value))
                assert replies.readline() == b"STORED\r\n"
            mutex.sendall(b"R")
        else:
            value = get(key)
    assert value == b"value of " + key
