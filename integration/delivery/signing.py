"""Signing: Standard Webhooks headers, so that its public libraries verify what we send.

https://github.com/standard-webhooks/standard-webhooks, version 1.0.0.
"""

import base64
import hmac
from collections.abc import Sequence

ID = "webhook-id"
FIXED = {"content-type": "application/json"}
"""The headers that are the same at every attempt of every delivery."""


def headers(
    secrets: Sequence[bytes], message_id: str, timestamp: int, body: bytes
) -> dict[str, str]:
    """The headers of one attempt; `timestamp` is in seconds and that of the attempt.

    There is a signature for each secret, newest first: after a rotation the old one goes on to
    verify for a while.
    """
    signed = b".".join((message_id.encode(), str(timestamp).encode(), body))
    digests = (base64.b64encode(hmac.digest(each, signed, "sha256")).decode() for each in secrets)
    return {
        ID: message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(f"v1,{digest}" for digest in digests),
        **FIXED,
    }
