"""Telnyx's webhook signatures: Ed25519 over the time and the raw body."""

import binascii
from base64 import b64decode, b64encode

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from integration.kernel.webhooks import WebhookCall, within

SIGNATURE, TIMESTAMP = "telnyx-signature-ed25519", "telnyx-timestamp"
SECONDS = 300
"""How far a webhook's time may lie from its arrival, as in Telnyx's own SDK."""


def is_signed(call: WebhookCall, public_key: str) -> bool:
    """Whether the account's key, 32 bytes in base64, signed this webhook within SECONDS."""
    stamp, written = (call.headers.get(name, "") for name in (TIMESTAMP, SIGNATURE))
    if not within(call.at, stamp, SECONDS):
        return False
    try:
        signature = b64decode(written, validate=True)
        key = Ed25519PublicKey.from_public_bytes(b64decode(public_key))
        key.verify(signature, stamp.encode() + b"|" + call.body)
    except (InvalidSignature, ValueError, binascii.Error):
        return False
    # Base64 has several spellings of one signature; Telnyx writes one.
    return b64encode(signature).decode() == written
