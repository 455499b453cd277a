"""What an account of each provider is made of in the sandbox, and what its provider can do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from integration import discovery
from integration.kernel.capabilities import (
    FindsSent,
    HasHistory,
    RegistersWebhooks,
    RepeatsSafely,
)
from integration.kernel.registration import RegistersEntries
from proofs.chaos.campaign import GENEROUS
from proofs.rig.sandbox import Sandbox, until
from proofs.rig.stack import World
from sandbox.plivo_state import auth_id
from sandbox.twilio_state import NUMBER, sid

KANNEL = "?id=%I&from=%p&to=%P&text=%b&charset=%C&time=%t"
"""What Kannel's `get-url` has behind our address."""
RICH = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Kit:
    """`keys` is how the sandbox's keys of this provider begin, `send` the call that sends.

    `settings` makes a connection's settings of its key. `callback` is what follows our address
    where the account's owner enters it at the provider by hand, None where nobody does.
    """

    name: str
    provider: str
    keys: str
    path: str
    send: str
    settings: Callable[[str, Sandbox], dict[str, str]]
    callback: str | None = None
    has_inbound: bool = True
    has_list: bool = True
    has_receipts: bool = True

    def can(self, *abilities: type[Any]) -> bool:
        """Whether its provider has one of these."""
        return issubclass(self.kind, abilities)

    @property
    def kind(self) -> type[Any]:
        return discovery.load().providers[self.provider.replace("-", "_")]

    @property
    def settles(self) -> str:
        """How a lost answer is settled; "" where the provider cannot be asked."""
        ways = {FindsSent: "reference", HasHistory: "history", RepeatsSafely: "safe repeat"}
        return next((name for ability, name in ways.items() if self.can(ability)), "")

    def connect(self, world: World) -> str:
        """Make an account and its connection; returns the connection's id."""
        sandbox = world.stack.sandbox
        world.account_key = key = f"{self.keys}{world.name}"
        world.control("PUT", "settings", {**GENEROUS, "balance": RICH})
        given = {"base_url": sandbox.url + self.path, **self.settings(key, sandbox)}
        answer = world.post("/v1/connections", provider=self.provider, **given)
        assert answer.status_code == 201, answer.text
        assert answer.json()["health"] == "ok", answer.text
        made = str(answer.json()["id"])
        if self.callback is not None:
            shown = world.get(f"/v1/connections/{made}")
            url = shown["ingress_url"] + self.callback
            world.control("PUT", "settings", {"callback_url": url})
        return made

    def await_webhooks(self, world: World, connection: str) -> None:
        """Wait until the provider calls us, where it is asked to do so by us."""
        if not self.can(RegistersEntries, RegistersWebhooks):
            return

        def registered() -> bool:
            shown = world.get(f"/v1/connections/{connection}")
            return (shown.get("webhook") or {}).get("state") in ("registered", "occupied")

        until(registered, f"the webhooks of {self.name}")


def _api_key(key: str, _: Sandbox) -> dict[str, str]:
    return {"api_key": key}


def _messaging(key: str, _: Sandbox) -> dict[str, str]:
    return {"api_key": key, "sender_id": "MyCompany"}


def _twilio(key: str, _: Sandbox) -> dict[str, str]:
    return {"account_sid": sid("AC", key), "auth_token": key, "sender_id": NUMBER}


def _smsgate(key: str, _: Sandbox) -> dict[str, str]:
    return {"username": key, "password": key, "signing_key": "sandbox-signing-key"}


def _telnyx(key: str, sandbox: Sandbox) -> dict[str, str]:
    public = str(sandbox.control("GET", key, "state")["public_key"])
    return {"api_key": key, "sender_id": "+14155550100", "public_key": public}


def _plivo(key: str, _: Sandbox) -> dict[str, str]:
    return {"auth_id": auth_id(key), "auth_token": key, "sender_id": "+14155550100"}


def _vonage(key: str, _: Sandbox) -> dict[str, str]:
    own = {"api_secret": "sandbox_secret", "sender_id": "447700900000"}
    return {"api_key": key, **own, "signature_secret": f"sig_{key}"}


def _kannel(key: str, _: Sandbox) -> dict[str, str]:
    return {"api_key": key, "preset": "kannel", "username": "hookline"}


KITS = (
    Kit(
        name="Pairfon",
        provider="pairfon",
        keys="pf_",
        path="/pairfon",
        send="POST /zapier/send-sms",
        settings=_api_key,
        has_receipts=False,
    ),
    Kit(
        name="Cloud Messaging Office",
        provider="cloud-messaging",
        keys="cm_",
        path="/cloud-messaging/api",
        send="POST",
        settings=_messaging,
        callback="",
        has_inbound=False,
    ),
    Kit(
        name="Twilio",
        provider="twilio",
        keys="tw_",
        path="/twilio/2010-04-01",
        send="POST /Messages.json",
        settings=_twilio,
    ),
    Kit(
        name="SMSGate, a server",
        provider="smsgate",
        keys="sg_",
        path="/smsgate/3rdparty/v1",
        send="POST /message",
        settings=_smsgate,
        has_list=False,
    ),
    Kit(
        name="SMSGate, a phone",
        provider="smsgate",
        keys="sg_",
        path="/smsgate/local",
        send="POST /message",
        settings=_smsgate,
    ),
    Kit(
        name="Telnyx",
        provider="telnyx",
        keys="tx_",
        path="/telnyx/v2",
        send="POST /messages",
        settings=_telnyx,
        has_list=False,
    ),
    Kit(
        name="textbee",
        provider="textbee",
        keys="tb_",
        path="/textbee/api/v1",
        send="POST /send-sms",
        settings=_api_key,
    ),
    Kit(
        name="httpSMS",
        provider="httpsms",
        keys="hs_",
        path="/httpsms/v1",
        send="POST /messages/send",
        settings=_api_key,
    ),
    Kit(
        name="Vonage",
        provider="vonage",
        keys="vn_",
        path="/vonage",
        send="POST /sms/json",
        settings=_vonage,
        has_list=False,
        callback="",
    ),
    Kit(
        name="Plivo",
        provider="plivo",
        keys="pl_",
        path="/plivo/v1",
        send="POST /Message/",
        settings=_plivo,
        has_list=False,
    ),
    Kit(
        name="Kannel (HTTP gateway)",
        provider="http-gateway",
        keys="hg_",
        path="/http-gateway",
        send="/cgi-bin/sendsms",
        settings=_kannel,
        has_list=False,
        callback=KANNEL,
    ),
)
"""One for each way in which a provider is reached."""
