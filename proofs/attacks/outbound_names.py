"""A name server that lies: the real `getaddrinfo` of the attacked processes asks it.

The first label of a name says how it lies (`late-17.rebind.test`): see `ANSWERS`. Every answer
has a time to live of 0.
"""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections import Counter
from collections.abc import Callable
from ipaddress import ip_address

ADDRESS, PORT = "127.0.0.53", 53
PUBLIC, PUBLIC6 = "93.184.216.34", "2606:4700:4700::1111"
INTERNAL = ("127.0.0.1", "10.0.0.1", "169.254.169.254", "192.168.1.1", "172.16.0.1", "100.64.0.1")
INTERNAL6 = ("::1", "::ffff:10.0.0.1", "64:ff9b::a9fe:a9fe", "fd00:ec2::254", "2002:7f00:1::1")
A, CNAME, AAAA = 1, 5, 28
Records = list[tuple[int, str]]


def _inside(number: int) -> Records:
    return [(A, INTERNAL[number % len(INTERNAL)])]


def _inside6(number: int) -> Records:
    return [(AAAA, INTERNAL6[number % len(INTERNAL6)])]


_OUTSIDE: Records = [(A, PUBLIC)]
ANSWERS: dict[str, Callable[[int, int], Records]] = {
    # number of the name, how often it was asked before
    "public": lambda _, __: [(A, PUBLIC), (AAAA, PUBLIC6)],
    "late": lambda number, asked: _inside(number) if asked else _OUTSIDE,
    "early": lambda number, asked: _OUTSIDE if asked else _inside(number),
    "flip": lambda number, asked: _inside(number) if asked % 2 else _OUTSIDE,
    "mixed": lambda number, asked: (_OUTSIDE + _inside(number))[:: -1 if asked % 2 else 1],
    "both": lambda number, _: [*_OUTSIDE, *_inside6(number)],
    "alias": lambda number, _: [(CNAME, "inside.internal.test"), *_inside(number)],
    "mapped": lambda number, _: _inside6(number),
    "inside": lambda number, _: _inside(number),
}
LIES = ("late", "flip", "early", "mixed", "both", "alias", "mapped")


class NameServer:
    """Answers over UDP until it is closed; `asked` counts the IPv4 questions for each name."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((ADDRESS, PORT))
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._socket.close()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                query, sender = self._socket.recvfrom(4096)
                self._socket.sendto(self._answer(query), sender)

    def _answer(self, query: bytes) -> bytes:
        labels, end = _labels(query)
        kind = struct.unpack("!H", query[end : end + 2])[0]
        name = ".".join(labels).lower()
        found = self._lookup(name, kind)
        records = b"".join(_record(each) for each in found or [])
        flags = 0x8180 if found is not None else 0x8183  # no such name
        head = query[:2] + struct.pack("!HHHHH", flags, 1, len(found or []), 0, 0)
        return head + query[12 : end + 4] + records

    def _lookup(self, name: str, kind: int) -> Records | None:
        word, _, number = name.partition(".")[0].partition("-")
        lie = ANSWERS.get(word) if name.endswith(".test") else None
        if name in ("example.com", "www.example.com"):
            lie = ANSWERS["public"]
        if lie is None:
            return None
        # One look-up asks for both kinds; its turn is counted by the first of them.
        before = self.asked[name] - (kind == AAAA and self.asked[name] > 0)
        self.asked[name] += kind == A
        found = lie(int(number) if number.isdecimal() else 0, before)
        return [each for each in found if each[0] in (kind, CNAME)]


def _labels(query: bytes) -> tuple[list[str], int]:
    labels, place = [], 12
    while query[place]:
        labels.append(query[place + 1 : place + 1 + query[place]].decode("latin-1"))
        place += 1 + query[place]
    return labels, place + 1


def _record(record: tuple[int, str]) -> bytes:
    kind, value = record
    if kind == CNAME:
        data = b"".join(bytes([len(part)]) + part.encode() for part in value.split(".")) + b"\0"
    else:
        data = ip_address(value).packed
    owner = b"\xc0\x0c"  # the name that was asked for
    return owner + struct.pack("!HHIH", kind, 1, 0, len(data)) + data
