"""Outgoing: one message to one recipient, as a provider is asked to send it."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Outgoing:
    """A text, or with `media_urls` a media message, to one recipient by one call.

    `phone` is in E.164. Only a provider whose `as_is` says so gets a short code or a name, which
    has no plus.

    `reference` is our own name of this send, up to 36 letters, digits, `_` and `-`. It is the same
    each time that the job is tried, and another one after somebody asked for a retry. A provider
    that keeps it can be asked for it. `receipt_url` is our address for delivery receipts, "" where
    providers cannot call us. A device is always named where the account has devices.
    """

    phone: str
    message: str = ""
    media_urls: Sequence[str] = ()
    sender_id: str | None = None
    device_fingerprint: str | None = None
    sim_slot: str | None = None
    dlt_template_id: str | None = None
    reference: str = ""
    receipt_url: str = ""
