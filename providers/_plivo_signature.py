"""Plivo's webhook signatures: an HMAC over the address, the fields and a nonce."""

import base64
import hashlib
import hmac
from urllib.parse import urlsplit

from integration.kernel.webhooks import Pairs, WebhookCall, pairs, same

# ASSUMED_PLIVO_SIGNATURES: Plivo's pages on messages name version 2, which covers the address
# alone. Those on calls name version 3, which covers the fields too. Messages have been seen with
# it, so it is believed alone where it is there. `-Ma-` is signed with the token of the main
# account, the other with that of the account or subaccount: either counts.
V3, V3_MAIN, V3_NONCE = (
    "x-plivo-signature-v3",
    "x-plivo-signature-ma-v3",
    "x-plivo-signature-v3-nonce",
)
V2, V2_MAIN, V2_NONCE = (
    "x-plivo-signature-v2",
    "x-plivo-signature-ma-v2",
    "x-plivo-signature-v2-nonce",
)


def is_genuine(token: str, call: WebhookCall) -> bool:
    """Whether one of the signatures is right; with several tokens, Plivo sends one for each."""
    proofs = _given(call, V3_MAIN, V3)
    if proofs:
        expected = third(token, call.url, call.form(), call.headers.get(V3_NONCE, ""))
    else:
        proofs = _given(call, V2_MAIN, V2)
        expected = second(token, call.url, call.headers.get(V2_NONCE, ""))
    return any(same(expected, each) for each in proofs)


def third(token: str, url: str, posted: Pairs, nonce: str) -> str:
    """Version 3 of a POST: the address, its parameters and the fields in order, and the nonce."""
    query = "&".join(f"{name}={value}" for name, value in sorted(pairs(urlsplit(url).query)))
    fields = "".join(name + value for name, value in sorted(posted))
    mark = "?" if query or fields else ""
    point = "." if query and fields else ""
    return _signed(token, f"{_bare(url)}{mark}{query}{point}{fields}.{nonce}")


def second(token: str, url: str, nonce: str) -> str:
    """Version 2: the address without its parameters, and the nonce."""
    return _signed(token, _bare(url) + nonce)


def _bare(url: str) -> str:
    return url.partition("#")[0].partition("?")[0]


def _signed(token: str, text: str) -> str:
    mac = hmac.new(token.encode(), text.encode("utf-8", "surrogatepass"), hashlib.sha256)
    return base64.b64encode(mac.digest()).decode()


def _given(call: WebhookCall, *names: str) -> list[str]:
    written = ",".join(call.headers.get(name, "") for name in names)
    return [each.strip() for each in written.split(",") if each.strip()]
