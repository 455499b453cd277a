"""Anti-examples: one change that breaks one rule, to an app that keeps them all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from tests.platforms.make.app import App

MANIFEST, BASE, GROUPS = "makecomapp.json", "general/base.iml.json", "modules/groups.json"
SEND, FIND = "modules/send-sms/send-sms", "modules/find-contact/find-contact"
POLL = "modules/watch-inbound-sms-by-schedule/watch-inbound-sms-by-schedule"
WATCH = "modules/watch-inbound-sms/watch-inbound-sms"
HOOK = "webhooks/inbound-sms-hook/inbound-sms-hook"
LINK, LIST = "connections/api-key/api-key", "rpcs/list-devices/list-devices"
ANY = "modules/make-api-call/make-api-call"
SENT = ("components", "module", "sendSms")


class Spoilt(NamedTuple):
    """`keys` lead to the member of the file that gets `value`; without them it is the file."""

    rule: Callable[[App], Iterator[str]]
    path: str
    keys: tuple[Any, ...]
    value: Any

    def of(self, app: App) -> App:
        path = self.path if self.path.endswith(".json") else f"{self.path}.iml.json"
        return app.spoilt(path, self.keys, self.value)
