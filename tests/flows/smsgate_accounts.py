"""SMSGate accounts in a running sandbox, as a server's and as a phone's."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import requests

from integration.kernel.events import InboundMessage
from integration.kernel.outgoing import Outgoing
from integration.kernel.webhooks import WebhookCall
from integration.outbound.provider_http import ProviderHttp
from proofs.rig.receiver import Call
from proofs.rig.sandbox import Sandbox
from providers.smsgate import Smsgate
from tests.flows.on_sandbox import PHONE, numbers

DEVICE, SIGNING_KEY = "SandboxPhone000000001", "sandbox-signing-key"
WAYS = {"server": "/smsgate/3rdparty/v1", "phone": "/smsgate/local"}
SINCE = datetime(2026, 1, 1, tzinfo=UTC)
PICTURE = b"\xff\xd8\xff\xe0 a picture"


def connected(sandbox: Sandbox, way: str, key: str = "") -> Iterator[Smsgate]:
    name = key or f"sg_methods_{next(numbers)}"
    given = {"username": name, "password": name, "signing_key": f"another, {SIGNING_KEY}"}
    base_url = sandbox.url + WAYS[way]
    http = ProviderHttp(base_url, Smsgate.label, trusted=True, allow_private=False)
    provider = Smsgate(Smsgate.settings().load({**given, "base_url": base_url}), http)
    http.signs, http.judge = provider.signs, provider.judge
    yield provider
    http.close()


def key_of(provider: Smsgate) -> str:
    return str(provider.options["username"])


def text(reference: str, **more: Any) -> Outgoing:
    given = {"message": "Your table is ready", "device_fingerprint": DEVICE, **more}
    return Outgoing(phone=PHONE, reference=reference, **given)


def asked(sandbox: Sandbox, provider: Smsgate, method: str, path: str, **more: Any) -> Any:
    """Call the API of the account as its owner would."""
    pair = key_of(provider), key_of(provider)
    return requests.request(method, sandbox.url + path, auth=pair, timeout=90, **more)


def fault(sandbox: Sandbox, provider: Smsgate, what: dict[str, Any]) -> None:
    sandbox.control("POST", key_of(provider), "faults", what)


def arrives(sandbox: Sandbox, provider: Smsgate, **message: Any) -> None:
    sandbox.control("POST", key_of(provider), "inbound", {"phone": PHONE, **message})


def came(call: Call) -> WebhookCall:
    """A push as our ingress would hand it on."""
    url = f"https://hook.example.com{call.path}"
    return WebhookCall(
        method="POST",
        url=url,
        query=(),
        headers=call.headers,
        body=call.body,
        at=datetime.now(UTC),
    )


def messages(provider: Smsgate, call: WebhookCall) -> list[InboundMessage]:
    return [each for each in provider.read_webhook(call) if isinstance(each, InboundMessage)]


def picture() -> dict[str, str]:
    data = base64.b64encode(PICTURE).decode()
    return {"contentType": "image/jpeg", "name": "a.jpg", "data": data}


def register(provider: Smsgate, url: str) -> None:
    for each in provider.wanted_entries(url, "unused"):
        assert provider.add_entry(each) == each
