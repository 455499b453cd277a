"""Vonage's webhook signatures: a hash of the parameters, by the method that the account has set."""

import hmac
from collections.abc import Mapping
from hashlib import md5

from integration.kernel.webhooks import same

METHODS = {
    "sha256": "SHA-256 HMAC",
    "sha512": "SHA-512 HMAC",
    "sha1": "SHA-1 HMAC",
    "md5": "MD5 HMAC",
    "md5hash": "MD5 hash",
}
"""The methods of Vonage's dashboard by our names for them."""


def signature(fields: Mapping[str, str], secret: str, method: str) -> str:
    """The hex digest over all parameters but `sig`, in the order of their names."""
    rest = {name: value for name, value in fields.items() if name != "sig"}
    text = "".join(f"&{name}={_plain(rest[name])}" for name in sorted(rest))
    told = text.encode("utf-8", "surrogatepass")  # a text may be cut within an emoji
    if method == "md5hash":
        return md5(told + secret.encode(), usedforsecurity=False).hexdigest()
    return hmac.new(secret.encode(), told, method).hexdigest()


def is_signed(fields: Mapping[str, str], secret: str, method: str) -> bool:
    """Whether `sig` is right, whatever the case of its letters. A name that holds several fields in
    one would read the same."""
    if any(mark in name for name in fields for mark in "&="):
        return False
    return same(signature(fields, secret, method), fields.get("sig", "").lower())


def _plain(value: str) -> str:
    return value.replace("&", "_").replace("=", "_")
