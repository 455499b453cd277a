"""httpSMS's proof of a webhook: a JSON Web Token (RFC 7519) in the header `Authorization`.

It covers the address and a time, and nothing of the body. Anyone who sees a token can send any body
to that address until it expires, ten minutes later.
"""

import binascii
import hashlib
import hmac
import json
import math
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import unquote

from integration.kernel.webhooks import WebhookCall, same

ALGORITHM = "HS256"
ISSUER = "api.httpsms.com"
"""Servers of one's own write the same."""


def is_genuine(call: WebhookCall, keys: Sequence[str]) -> bool:
    """Whether the webhook bears a token for its address, signed with one of the keys, in its time.

    The algorithm is fixed: a token that names another one is not genuine, whatever its signature.
    """
    scheme, _, token = call.headers.get("authorization", "").partition(" ")
    head, _, rest = token.partition(".")
    claims, _, signature = rest.partition(".")
    proofs = [_signature(f"{head}.{claims}", key) for key in keys]
    return (
        scheme.casefold() == "bearer"
        and any(same(each, signature) for each in proofs)
        and _is_hs256(_object(head))
        and _fits(_object(claims), call)
    )


def _signature(signed: str, key: str) -> str:
    """As the token writes it: base64 has several spellings of the same bytes, and only this one
    passes."""
    covered = signed.encode("utf-8", "surrogatepass")
    proof = hmac.new(key.encode(), covered, hashlib.sha256).digest()
    return urlsafe_b64encode(proof).decode().rstrip("=")


def _object(part: str) -> Mapping[str, Any]:
    """A part of the token; empty where it is no JSON object."""
    try:
        found = json.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, binascii.Error, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _is_hs256(head: Mapping[str, Any]) -> bool:
    # RFC 7515: what `crit` names must be understood, and we know no extension.
    return head.get("alg") == ALGORITHM and "crit" not in head


def _fits(claims: Mapping[str, Any], call: WebhookCall) -> bool:
    """Whether the token is for this address, and for now."""
    given = claims.get("aud")
    addresses = given if isinstance(given, list) else [given]
    now = call.at.timestamp()
    return (
        claims.get("iss") == ISSUER
        and _plain(call.url) in [_plain(each) for each in addresses if isinstance(each, str)]
        and _seconds(claims, "nbf", math.inf) <= now < _seconds(claims, "exp", -math.inf)
    )


def _seconds(claims: Mapping[str, Any], name: str, otherwise: float) -> float:
    """A time since 1970. What is no number is `otherwise`."""
    found = claims.get(name)
    return found if isinstance(found, int | float) and not isinstance(found, bool) else otherwise


def _plain(url: str) -> str:
    """The address as both sides may spell it."""
    return unquote(url).strip().rstrip("/").casefold()
