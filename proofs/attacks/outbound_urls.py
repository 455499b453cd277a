"""Hostile addresses: every spelling known to us that leads where we must not go."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from ipaddress import IPv4Address

from proofs.rig.hostile import HOSTILE

TARGETS = (
    *("127.0.0.1", "169.254.169.254", "10.0.0.1", "192.168.1.1", "172.16.0.1", "100.64.0.1"),
    *("0.0.0.0", "168.63.129.16", "224.0.0.1"),
)
_CIRCLED = str.maketrans("0123456789", "⓪①②③④⑤⑥⑦⑧⑨")
_WIDE = str.maketrans("0123456789", "０１２３４５６７８９")
_BOLD = str.maketrans("0123456789", "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗")


def numbers(address: str) -> Iterator[str]:
    """An IPv4 address in the spellings that `inet_aton` and its kin take."""
    a, b, c, d = IPv4Address(address).packed
    whole = int(IPv4Address(address))
    yield from (str(whole), hex(whole), hex(whole).upper().replace("0X", "0x"), f"0{whole:o}")
    yield from (f"{a}.{b}.{(c << 8) | d}", f"{a}.{(b << 16) | (c << 8) | d}")
    yield ".".join(hex(part) for part in (a, b, c, d))
    yield ".".join(f"0{part:o}" for part in (a, b, c, d))
    padded = ".".join(f"{part:03}" for part in (a, b, c, d))
    # Read as octal, as `inet_aton` does, some of these are public: 010.0.0.1 is 8.0.0.1.
    yield from [padded] if _leads_nowhere_public(padded) else []
    yield f"{hex(a)}.0{b:o}.{c}.{hex(d)}"
    yield f"0x{a:08x}.0{b:08o}.{c}.{d}"
    yield str(whole + 2**32)
    yield from (address.translate(_CIRCLED), address.translate(_WIDE), address.translate(_BOLD))
    yield from (address.replace(".", "。"), address.replace(".", "．"), address.replace(".", "｡"))
    yield from (f"{address}.", f"{address}..", f"%{ord(address[0]):02x}{address[1:]}")
    yield from (f"{address}%00", f"{address}%2f.example.com", f"{address}%0a", f"{address}\u00ad")


def _leads_nowhere_public(text: str) -> bool:
    try:
        return str(IPv4Address(socket.inet_aton(text))) in TARGETS
    except OSError:
        return True


def sixes(address: str) -> Iterator[str]:
    """An IPv4 address inside the IPv6 addresses that carry one."""
    high, low = divmod(int(IPv4Address(address)), 2**16)
    flipped = 0xFFFFFFFF ^ int(IPv4Address(address))
    yield from (f"[::ffff:{address}]", f"[::ffff:{high:x}:{low:x}]", f"[::{address}]")
    yield f"[0000:0000:0000:0000:0000:FFFF:{high:04X}:{low:04X}]"
    yield from (f"[64:ff9b::{address}]", f"[64:ff9b::{high:x}:{low:x}]", f"[64:ff9b:1::{address}]")
    yield from (f"[2002:{high:x}:{low:x}::1]", f"[::ffff:0:{address}]")
    yield f"[2001:0:4136:e378:8000:63bf:{flipped >> 16:x}:{flipped & 0xFFFF:x}]"
    yield from (
        f"[::ffff:{address}%251]",
        f"[::ffff:{address}%25lo]",
        f"[fe80::5efe:{address}%25lo]",
    )


def tricks(address: str) -> Iterator[str]:
    """Addresses whose host depends on who reads them."""
    for cover in ("example.com", "hooks.zapier.com:443"):
        yield from (f"https://{cover}@{address}/", f"https://{cover}%40{address}/")
        yield from (f"https://{address}\\@{cover}/", f"https://{cover}\\@{address}/")
        yield from (f"https://{address}#@{cover}/", f"https://{address}?@{cover}/")
        yield from (f"https://{cover};@{address}/", f"https://a:b@{cover}@{address}/")
        yield from (f"https://{cover}\t@{address}/", f"https://{cover}\r\n@{address}/")
    yield from (f"https:\\\\{address}\\", f"https:/\\{address}/", f"https:////{address}/")
    yield from (f"https://{address}:80/", f"https://{address}:6379/", f"https://{address}:0443/")
    yield from (f"hTTps://{address}", f"https://{address}/\r\nHost: a", f"https://\u200b{address}/")
    yield from (f"\u00a0https://{address}/", f"https://{address}\n", f"https://a@[{address}]/")
    yield from (f"http://{address}/", f"gopher://{address}:6379/_INFO", f"ftp://{address}/")
    yield from (f"https://{address}/{'x' * 9000}", f"https://{'a:' * 500}@{address}/")


NAMES = (
    *("localhost", "LOCALHOST.", "localhost6", "ip6-localhost", "ⓛⓞⓒⓐⓛⓗⓞⓢⓣ", "ｌｏｃａｌｈｏｓｔ"),
    *("localhost。", "inside-0.internal.test", "inside-2.internal.test.", "INSIDE-1.internal.TEST"),
    *("alias-1.internal.test", "mapped-1.internal.test", "mapped-2.internal.test", "mixed-0.test"),
    *(
        "xn--localhost-.test",
        "a.localhost",
        "inside-3.internal。test",
        "[fe80::1%25lo]",
        "[::1%25lo]",
    ),
    *("[::]", "[0::0:1]", "[fd00::1]", "[fc00::]", "[fec0::1]", "[ff02::1%25lo]", "[fe80::1]"),
)


def corpus(*, short: bool = False) -> list[str]:
    """The hostile URLs, each once; the short one holds every kind but fewer addresses."""
    targets = TARGETS[:2] if short else TARGETS
    found = list(HOSTILE)
    for address in targets:
        found += [f"https://{host}/" for host in (*numbers(address), *sixes(address))]
        found += tricks(address)
    found += [f"https://{name}/" for name in NAMES]
    return list(dict.fromkeys(found))
