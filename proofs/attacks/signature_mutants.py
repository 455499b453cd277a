"""Genuine deliveries as our own code signs them, and what a forger makes of them."""

from __future__ import annotations

import base64
import json
import random
import secrets
import string
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from integration.delivery import signing

TOLERANCE = 300
ODD = (*string.printable, "é", "💥", "\u2028", "\x00", "①", "\u202e")


@dataclass(frozen=True, kw_only=True)
class Signed:
    """One delivery: what a receiver gets, and the secret it was really signed with."""

    secret: bytes
    headers: dict[str, str]
    body: bytes

    @property
    def library_secret(self) -> str:
        return "whsec_" + base64.b64encode(self.secret).decode()


def genuine(chance: random.Random, at: int | None = None) -> Signed:
    secret = chance.randbytes(24)
    body = json.dumps({"id": f"sms_{chance.getrandbits(64):x}", "message": "Hëllo 💥"}).encode()
    moment = int(time.time()) if at is None else at
    name = f"dlv_{chance.getrandbits(80):x}"
    return Signed(secret=secret, headers=signing.headers([secret], name, moment, body), body=body)


def mangled(chance: random.Random, signed: Signed) -> Signed:
    return chance.choice(_MANGLE)(chance, signed)


def says_the_same(one: Signed, other: Signed) -> bool:
    """Whether only the spelling differs: base64 with blanks in it, "17.0" for the second 17."""
    if (one.body, one.headers.get("webhook-id")) != (other.body, other.headers.get("webhook-id")):
        return False
    try:
        seconds = int(float(other.headers["webhook-timestamp"]))
        found = [_digest(each) for each in other.headers["webhook-signature"].split(" ")]
    except (KeyError, ValueError, OverflowError):
        return False
    return seconds == int(one.headers["webhook-timestamp"]) and (
        _digest(one.headers["webhook-signature"]) in found
    )


def spells_the_same(one: str, other: str) -> bool:
    """Whether two texts are one as base64, which overlooks what is not of its alphabet."""
    try:
        return one == other or _decoded(one) == _decoded(other)
    except ValueError:
        return False


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text.encode())


def _digest(text: str) -> bytes | None:
    version, _, signature = text.partition(",")
    try:
        return base64.b64decode(signature) if version == "v1" else None
    except ValueError:
        return None


def damaged(chance: random.Random, text: str) -> str:
    """Some text near `text`, or not near it at all."""
    place, odd = chance.randrange(len(text)), chance.choice(ODD)
    ways = (
        lambda: text[:place] + odd + text[place + 1 :],
        lambda: text[:place] + odd + text[place:],
        lambda: text[:place] + text[place + 1 :],
        lambda: text[:place],
        lambda: text[place:],
        lambda: text + odd,
        lambda: odd + text,
        lambda: text.swapcase(),
        lambda: text[::-1],
        lambda: odd * chance.randrange(200),
        lambda: secrets.token_urlsafe(len(text))[: len(text)],
    )
    return chance.choice(ways)()


def _header(name: str) -> Callable[[random.Random, Signed], Signed]:
    def change(chance: random.Random, signed: Signed) -> Signed:
        value = damaged(chance, signed.headers[name])
        return replace(signed, headers={**signed.headers, name: value})

    return change


def _body(chance: random.Random, signed: Signed) -> Signed:
    content = bytearray(signed.body)
    place = chance.randrange(len(content))
    content[place] ^= 1 << chance.randrange(8)
    body = chance.choice((bytes(content), signed.body + b" ", signed.body[:place], b""))
    return replace(signed, body=body)


def _flipped(chance: random.Random, signed: Signed) -> Signed:
    digest = bytearray(_digest(signed.headers["webhook-signature"]) or b"")
    digest[chance.randrange(len(digest))] ^= 1 << chance.randrange(8)
    return _with_digests(signed, [bytes(digest)[: chance.randrange(20, 33)]])


def _another_secret(chance: random.Random, signed: Signed) -> Signed:
    moment = int(signed.headers["webhook-timestamp"])
    key = chance.choice((chance.randbytes(24), b"", signed.secret[:-1], signed.secret + b"\0" * 41))
    name = signed.headers["webhook-id"]
    return replace(signed, headers=signing.headers([key], name, moment, signed.body))


def _old_or_new(chance: random.Random, signed: Signed) -> Signed:
    """Well signed, at a time that no receiver may take."""
    off = chance.choice((-1, 1)) * chance.randrange(TOLERANCE + 60, 10**9)
    moment, name = max(0, int(time.time()) + off), signed.headers["webhook-id"]
    return replace(signed, headers=signing.headers([signed.secret], name, moment, signed.body))


def _shifted(chance: random.Random, signed: Signed) -> Signed:
    """The same signed bytes, cut at other dots."""
    name, moment = signed.headers["webhook-id"], signed.headers["webhook-timestamp"]
    head = {"webhook-id": f"{name}.{moment}", "webhook-timestamp": str(int(time.time()))}
    shorter = {"webhook-id": name[:-1], "webhook-timestamp": name[-1] + moment}
    return replace(signed, headers={**signed.headers, **chance.choice((head, shorter))})


def _many(chance: random.Random, signed: Signed) -> Signed:
    count = chance.choice((2, 10, 10, 10, 1000) if chance.random() < 0.02 else (2, 3))
    return _with_digests(signed, [chance.randbytes(32) for _ in range(count)])


def _version(chance: random.Random, signed: Signed) -> Signed:
    digest = signed.headers["webhook-signature"].partition(",")[2]
    value = chance.choice(("v1a,", "v2,", "V1,", "v0,", ",", "v1", "v1;", "v1,,", " v1 ,")) + digest
    return replace(signed, headers={**signed.headers, "webhook-signature": value})


def _without(chance: random.Random, signed: Signed) -> Signed:
    gone = chance.choice(("webhook-id", "webhook-timestamp", "webhook-signature"))
    return replace(signed, headers={k: v for k, v in signed.headers.items() if k != gone})


def _with_digests(signed: Signed, digests: list[bytes]) -> Signed:
    value = " ".join(f"v1,{base64.b64encode(each).decode()}" for each in digests)
    return replace(signed, headers={**signed.headers, "webhook-signature": value})


_MANGLE: tuple[Callable[[random.Random, Signed], Signed], ...] = (
    *(_header("webhook-id"), _header("webhook-timestamp"), _header("webhook-signature")),
    *(_body, _flipped, _another_secret, _old_or_new, _shifted, _many, _version, _without),
)
