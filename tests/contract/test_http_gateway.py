"""What the settings of an HTTP gateway refuse, and the preset that no recording covers."""

from __future__ import annotations

import pytest
import responses
from marshmallow import ValidationError

from integration.kernel.errors import OutcomeUnknown
from integration.kernel.outgoing import Outgoing
from providers.http_gateway import HttpGateway
from tests.contract.recordings import connect, upstream

KANNEL = {"base_url": "https://gateway.example.com", "preset": "kannel"}
WRONG = [
    ("parameters", "text={code}"),
    ("parameters", "text={text"),
    ("parameters", "no equals sign"),
    ("parameters", "to="),
    ("headers", "X-Text={text}"),
    ("headers", "A Header=1"),
    ("path", "send"),
    ("path", "/send?x=1"),
    ("check_path", "/{to}"),
    ("success", "status=2xx"),
    ("success", "body=ok"),
    ("id_at", "regex=(a+)+$"),
    ("id_at", "regex=(.*)(.*)"),
    ("id_at", "regex=a*b*c*(d)"),
    ("id_at", "regex=no group"),
    ("id_at", "id"),
    ("receipt_words", "1=arrived"),
    ("inbound", "sender=from"),
    ("receipt_query", "ref={text}"),
    ("send_as", "json"),
    ("webhook_secret", "without a header"),
]


@pytest.mark.parametrize(("name", "value"), WRONG, ids=[f"{n}-{v}" for n, v in WRONG])
def test_a_setting_that_cannot_work_is_refused_with_a_sentence(name: str, value: str) -> None:
    with pytest.raises(ValidationError) as caught:
        HttpGateway.settings().load({**KANNEL, name: value})
    [[sentence]] = dict(caught.value.messages_dict).values()
    assert sentence[0].isupper()
    assert sentence.endswith(".")


@pytest.mark.parametrize("place", ['regex=Success "([^"]+)"', "regex=id[:=] *([0-9]+)", "json=a.0"])
def test_a_place_of_the_id_that_cannot_take_long_is_accepted(place: str) -> None:
    assert HttpGateway.settings().load({**KANNEL, "id_at": place})["id_at"] == place


def test_traccar_says_that_it_took_a_text_by_an_empty_answer() -> None:
    given = {**KANNEL, "preset": "traccar", "api_key": "token-0123456789"}
    told = {"to": "+447700900001", "message": "Hi"}
    match = [
        responses.matchers.json_params_matcher(told),
        responses.matchers.header_matcher({"Authorization": "token-0123456789"}),
    ]
    with upstream() as mock:
        for body in ("", "No SIM"):
            mock.post(given["base_url"], body=body, match=match)
        sent = connect(HttpGateway, given).send_sms(Outgoing(phone=told["to"], message="Hi"))
        assert sent.provider_id is None
        with pytest.raises(OutcomeUnknown):
            connect(HttpGateway, given).send_sms(Outgoing(phone=told["to"], message="Hi"))
