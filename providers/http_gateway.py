"""Any SMS gateway with an HTTP API, described by settings: Kannel, Jasmin, traccar and others.

Kannel and Jasmin also open SMPP and USB modems. What a gateway wants and answers is data: lines of
settings with placeholders from a closed list (_http_gateway_lines) and presets of them.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from integration.kernel.capabilities import HasAccount, ReadsWebhooks, SendsSms
from integration.kernel.errors import ProviderRejected
from integration.kernel.events import Account, InboundMessage, Receipt, Sent
from integration.kernel.outgoing import Outgoing
from integration.kernel.reasons import of, of_body
from integration.kernel.signs import Signs
from integration.kernel.specs import Answer, Http, Limit, Provider, Values
from integration.kernel.verdicts import DONE, Verdict
from integration.kernel.webhooks import WebhookCall, WebhookReply
from providers._http_gateway_lines import ACCOUNT, Line, filled, of_account, of_text, pairs, tree
from providers._http_gateway_presets import LABELS, part, rows
from providers._http_gateway_rules import at, id_place, rule
from providers._http_gateway_settings import AS_IS, GatewaySettings
from providers._http_gateway_webhooks import Reader
from providers._reading import segment

# ASSUMED_GATEWAY_IDS: what an answer of success has where the settings name no place and no sign.
THROUGHPUT, A_SECOND = "throughput exceeded", 1.0
"""Jasmin's refusal of what goes beyond the texts a second of a user: it is over in a second."""
IDS = ("id", "message_id", "messageId", "data.id", "data.message_id", "data.messageId")


class HttpGateway(Provider, SendsSms, HasAccount, ReadsWebhooks):
    key = "http_gateway"
    label = "HTTP Gateway"
    credentials = "user name and key"
    help = "Sends and receives SMS through Kannel, Jasmin, traccar or any other HTTP API."
    settings = GatewaySettings
    base_url = ""
    account_settings = ("base_url", "username", "api_key", "parameters", "headers")
    limit = Limit(requests=3000, seconds=60)
    # No gateway can be asked for a text, so an answer that comes late is worth the wait.
    call_seconds = 30.0
    answers_stop = False
    signs = Signs(ids=IDS)
    plain_numbers = True  # ASSUMED_PLAIN_NUMBERS: SMPP's international numbers have no plus
    webhook_methods = ("POST", "GET")
    sandbox: ClassVar = {"preset": "kannel", "username": "hookline", "api_key": "hg_sandbox_demo"}

    def __init__(self, settings: Values, http: Http) -> None:
        super().__init__(settings, http)
        self.known = of_account(settings)
        self.as_is = AS_IS[settings.get("as_is") or "none"]
        self.id_place = id_place(part(settings, "id_at"))
        self.success, self.refused, self.later, self.checked = (
            rule(part(settings, name)) for name in ("success", "refused", "later", "check_success")
        )
        if self.id_place.kind == "json":
            self.signs = replace(self.signs, ids=(self.id_place.what, *IDS))
        self.reader = Reader(settings)

    def probe(self) -> Account:
        return self.account()

    def account(self) -> Account:
        """Asks nothing where the settings name no path for it."""
        label = f"{self.label} ({LABELS[self.options['preset']]})"
        path = part(self.options, "check_path")
        if not path:
            return Account(label=label, details={"checked": "No check path is set."})
        own = [each for each in rows(self.options, "parameters") if _is_of_account(each)]
        answer = self.http.call(
            "GET",
            self._path(path, self.known),
            headers=self._headers(self.known),
            params=dict(pairs(own, self.known)),
        )
        place = part(self.options, "balance_at")
        return Account(label=label, balance=at(answer.data, place) if place else None)

    def send_sms(self, text: Outgoing) -> Sent:
        sender = text.sender_id or self.options.get("sender_id") or ""
        known = self.known | of_text(text, sender, self._receipt_url(text))
        found = rows(self.options, "parameters")
        fields = list(pairs(found, known))
        way = part(self.options, "send_as")
        answer = self.http.call(
            part(self.options, "method"),
            self._path(part(self.options, "path"), known),
            headers=self._headers(known),
            params=dict(fields) if way == "query" else None,
            form=fields if way == "form" else None,
            json=_tree(found, known) if way == "json" else None,
            effect=True,
            private=[known[name] for name in ("text", "text_ucs2_hex") if known[name]],
        )
        ours = text.reference if any(each.places & {"ref", "receipt_url"} for each in found) else ""
        return Sent(provider_id=self.id_place.find(answer) or ours or None)

    def judge(self, answer: Answer, *, effect: bool) -> Verdict | None:
        said = of_body(answer.text.encode()) if answer.text else of(answer.data)
        if not effect:
            return DONE if self.checked.fits(answer) else None
        if self.later.fits(answer):
            wait = A_SECOND if THROUGHPUT in said.casefold() else None
            return Verdict(word="later", reason=said, wait=wait)
        if self.refused.fits(answer):
            return Verdict(word="rejected", reason=said)
        is_good = 200 <= answer.status < 300
        if is_good and self.success.reads and self.success.fits(answer):
            return DONE
        if not is_good or self.signs.refusal(answer.data, deep=True) is not None:
            return None
        if self.success.fits(answer) or (not self.success and self.id_place.find(answer)):
            return DONE
        # The settings say what success looks like, and this is something else.
        return Verdict(word="unknown", reason=said) if self.success else None

    def read_webhook(self, call: WebhookCall) -> Sequence[InboundMessage | Receipt]:
        return self.reader.read(call)

    def genuine(self, call: WebhookCall) -> bool | None:
        return self.reader.genuine(call)

    def webhook_reply(
        self,
        call: WebhookCall,  # noqa: ARG002  # it is the same for each
        found: Sequence[InboundMessage | Receipt],  # noqa: ARG002  # likewise
    ) -> WebhookReply | None:
        return self.reader.reply()

    def _receipt_url(self, text: Outgoing) -> str:
        if not text.receipt_url:
            return ""
        query = filled(part(self.options, "receipt_query"), {"ref": text.reference})
        return f"{text.receipt_url}?{query}" if query else text.receipt_url

    def _path(self, template: str, known: dict[str, str]) -> str:
        path = filled(template, {name: segment(known[name], name) for name in known if known[name]})
        if path is None:
            raise ProviderRejected(
                f"The path of this {self.label} connection, {template}, names an empty setting."
            )
        return "" if path == "/" else path

    def _headers(self, known: dict[str, str]) -> dict[str, str]:
        return dict(pairs(rows(self.options, "headers"), known))


def _is_of_account(line: Line) -> bool:
    return bool(line.places) and line.places <= ACCOUNT


def _tree(found: Sequence[Line], known: dict[str, str]) -> dict[str, object]:
    try:
        return tree(found, known)
    except ValueError as error:
        raise ProviderRejected(f"A parameter of this connection does not fit: {error}") from error


PROVIDER = HttpGateway
