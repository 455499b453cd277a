"""Request samples of both seeds, and where the messaging calls lie."""

from __future__ import annotations

from proofs.rig.sandbox import Sandbox

DEVICE = "sandbox-phone-1"
PHONE = "+1234567890"
SEED_TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"
TEXT = {"device_fingerprint": DEVICE, "phone": PHONE, "message": "Hello", "sim_slot": "SIM1"}
BASE = "/cloud-messaging/api/api/http/v3"
SMS = {
    "recipient": "31612345678,8801721970168",
    "sender_id": "CloudMessaging",
    "type": "plain",
    "message": "Hello from API",
}
MMS = {
    "recipient": "31612345678",
    "sender_id": "CloudMessaging",
    "media_url": "https://example.com/promo.jpg",
    "message": "Promo inside",
}


def first_group(sandbox: Sandbox, key: str, path: str = f"{BASE}/http/contact-groups") -> str:
    return str(sandbox.call("GET", path, key).json()["data"]["data"][0]["uid"])
