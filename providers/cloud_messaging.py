"""Cloud Messaging Office and its family. https://faxinssms.com/en/support/api

It is a re-hosted Ultimate SMS, which is sold under many names; `_ultimate` has the presets.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, ClassVar

from integration.kernel.capabilities import (
    HasAccount,
    HasSenders,
    HoldsContacts,
    ReadsWebhooks,
    SendsMms,
    SendsSms,
)
from integration.kernel.errors import ProviderRejected
from integration.kernel.events import Account, Contact, Group, Receipt, Sender, Sent
from integration.kernel.outgoing import Outgoing
from integration.kernel.signs import Signs
from integration.kernel.specs import Http, Limit, Provider, Values
from integration.kernel.webhooks import WebhookCall
from providers import _ultimate_words
from providers._reading import filled, segment, told
from providers._ultimate import UltimateSettings, preset
from providers._ultimate_words import ID_PATHS

# ASSUMED_TEXT_TYPE: "Set to plain for text messages"; the product picks the encoding itself.
TEXT_TYPE = "plain"
# ASSUMED_DESCRIPTION_FIELD: the documentation lost the name of a group's "optional notes".
DESCRIPTION = "description"
# ASSUMED_GROUP_FILTER: likewise the name of the "optional group uid to filter".
GROUP_FILTER = "group_id"
NOT_ALLOWED, WRONG_METHOD = 405, "method is not supported"
"""Laravel's words for it; the product gives them with status 200 to who asks for JSON."""


class CloudMessaging(
    Provider, SendsSms, SendsMms, HoldsContacts, HasAccount, HasSenders, ReadsWebhooks
):
    key = "cloud_messaging"
    label = "Cloud Messaging"
    help = "Sends SMS and MMS and holds contacts through Cloud Messaging Office or Ultimate SMS."
    settings = UltimateSettings
    base_url = "https://api.faxinssms.com/api"
    limit = Limit(requests=100, seconds=60)
    # Operators behind a gateway answer late, and without a history a lost answer stays unknown.
    call_seconds = 30.0
    # ASSUMED_MAINTENANCE: 503 with Retry-After is Laravel's, before the API's own code runs.
    # ASSUMED_SIGNS: an answer of success has `status: success`, or the id of what was made.
    signs = Signs(ids=ID_PATHS, busy_is_undone=True)
    shown_within = 30.0  # ASSUMED_SHOWN_WITHIN: contacts and groups are listed by then
    plain_numbers = True  # "recipient": "31612345678"
    sandbox: ClassVar = {"api_key": "cm_sandbox_demo", "sender_id": "Hookline"}
    demo = True

    def __init__(self, settings: Values, http: Http) -> None:
        super().__init__(settings, http)
        self.preset = preset(settings)
        self.paths = self.preset.paths
        self.signs = replace(self.signs, ids=(self.preset.id_path, *ID_PATHS))

    def probe(self) -> Account:
        return self.account()

    def account(self) -> Account:
        found = _ultimate_words.account(self._call("GET", self.paths.profile), self.label)
        if found.balance is not None or self.paths.balance is None:
            return found
        balance = _ultimate_words.balance(self._call("GET", self.paths.balance))
        return Account(label=found.label, balance=balance, details=found.details)

    def senders(self) -> list[Sender]:
        chosen = self.options.get("sender_id")
        found = _ultimate_words.senders(self._call("GET", self.paths.profile))
        every = dict.fromkeys([chosen, *found] if chosen else found)
        return [Sender(id=each, label=each) for each in every]

    def send_sms(self, text: Outgoing) -> Sent:
        template = text.dlt_template_id
        given = {"type": TEXT_TYPE, "message": text.message, "dlt_template_id": template}
        return self._send(self.paths.send_sms, text, given)

    def send_mms(self, text: Outgoing) -> Sent:
        # One media address a message is documented.
        given = {"media_url": text.media_urls[0], "message": text.message or None}
        if self.paths.send_mms is None:
            return self._send(self.paths.send_sms, text, {"type": "mms", **given})
        return self._send(self.paths.send_mms, text, given)

    def add_contact(
        self, *, phone: str, group_id: str, first_name: str | None, last_name: str | None
    ) -> Sent:
        path = self.paths.add_contact.format(group=segment(group_id, "group"))
        given = {"phone": _digits(phone), "first_name": first_name, "last_name": last_name}
        cased = {name.upper() if self.preset.upper else name: given[name] for name in given}
        answer = self._call("POST", path, json=_without_blanks(cased), effect=True)
        uid = _ultimate_words.at(answer, "data.uid")
        return Sent(provider_id=uid, result={"contact_id": uid, "group_id": group_id})

    def contacts(self, *, group_id: str | None, phone: str | None) -> list[Contact]:
        if group_id is None and self.paths.contacts is None:
            groups = [each.id for each in self.groups()]
            return [each for one in groups for each in self.contacts(group_id=one, phone=phone)]
        path = self.paths.contacts if group_id is None else self.paths.group_contacts
        found = self._listed(path or "", group_id)
        wanted = _digits(phone) if phone else None
        # Some products ignore the filter by group and return all contacts.
        return [
            each
            for each in found
            if wanted in (None, _digits(each.phone)) and group_id in (None, each.group_id)
        ]

    def create_group(self, *, name: str, description: str | None) -> Sent:
        given = _without_blanks({"name": name, DESCRIPTION: description})
        answer = self._call("POST", self.paths.create_group, json=given, effect=True)
        uid = _ultimate_words.at(answer, "data.uid")
        return Sent(provider_id=uid, result={"group_id": uid, "name": name})

    def groups(self) -> list[Group]:
        return [_ultimate_words.group(row) for row in self._rows(self.paths.groups, {})]

    def read_webhook(self, call: WebhookCall) -> Sequence[Receipt]:
        return _ultimate_words.receipts(told(call))

    def _listed(self, path: str, group_id: str | None) -> list[Contact]:
        if "{group}" in path and group_id is not None:
            ask = partial(self._ask_group, path.format(group=segment(group_id, "group")))
            found = _ultimate_words.listed(ask, {}, self.label)
        else:
            found = self._rows(path, {GROUP_FILTER: group_id} if group_id is not None else {})
        return [_ultimate_words.contact(row, group_id, self.region) for row in found]

    def _ask_group(self, path: str, asked: Mapping[str, Any]) -> Any:
        """ASSUMED_GROUP_METHOD: the product's contacts of a group are asked for by POST. An
        installation that takes GET alone says so."""
        try:
            return self._call("POST", path, asked)
        except ProviderRejected as error:
            if error.upstream_status != NOT_ALLOWED and WRONG_METHOD not in error.message:
                raise
            return self._call("GET", path, asked)

    def _rows(self, path: str, asked: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        return _ultimate_words.listed(partial(self._call, "GET", path), asked, self.label)

    def _send(self, path: str, text: Outgoing, given: Mapping[str, Any]) -> Sent:
        sender = text.sender_id or self.options.get("sender_id")
        # One recipient a call: a list gets one id, and its receipts name no recipient.
        body = _without_blanks({"recipient": _digits(text.phone), "sender_id": sender, **given})
        answer = self._call("POST", path, json=body, effect=True)
        shown = {"queued": answer.get("queued"), "cost": _ultimate_words.at(answer, "data.cost")}
        return Sent(
            provider_id=_ultimate_words.message_id(answer, self.preset.id_path),
            note=filled(answer, "message") or "",
            result=_without_blanks(shown),
        )

    def _call(
        self, method: str, path: str, params: Mapping[str, Any] | None = None, **more: Any
    ) -> Any:
        headers = {"Authorization": f"{self.preset.auth_scheme} {self.options['api_key']}"}
        path = self.preset.prefix + path
        data = self.http.call(method, path, headers=headers, params=params, **more).data
        return {} if data is None else data


def _digits(phone: str) -> str:
    return "".join(character for character in phone if character.isdecimal())


def _without_blanks(given: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in given.items() if value is not None}


PROVIDER = CloudMessaging
