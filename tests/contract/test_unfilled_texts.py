"""A text that a platform did not fill in goes to nobody; one with such marks among words does."""

from __future__ import annotations

import pytest
from marshmallow import ValidationError

from actions import reply_sms, send_mms, send_sms
from integration.kernel.specs import Action

ACTIONS = [reply_sms.ACTION, send_mms.ACTION, send_sms.ACTION]
PLACES = {
    "phone": "+14155550123",
    "media_url": "https://example.com/a.jpg",
    "reply_to": "sms_k4x2mq7vb3nd5wz6tj2yh4re7a",
}


def read(action: Action, message: str) -> str:
    fields = action.inputs().fields
    given = {name: value for name, value in PLACES.items() if name in fields}
    return str(action.inputs().load({**given, "message": message})["message"])


@pytest.mark.parametrize("action", ACTIONS, ids=lambda each: each.key)
@pytest.mark.parametrize(
    "message",
    [
        "undefined",
        "null",
        " null\n",
        "[object Object]",
        "{{1.message}}",
        "{{ $json.text }}",
        "${x}",
    ],
)
def test_a_text_that_was_not_filled_in_is_refused(action: Action, message: str) -> None:
    with pytest.raises(ValidationError, match="was not filled in"):
        read(action, message)


@pytest.mark.parametrize("action", ACTIONS, ids=lambda each: each.key)
@pytest.mark.parametrize(
    "message",
    [
        "Null",
        "Is it null?",
        "Hi {{name}}",
        "{{a}} and {{b}}",
        "{first_name}",
        "${5} off",
        "0",
        "[]",
    ],
)
def test_a_text_with_words_of_its_own_goes_out_as_it_is(action: Action, message: str) -> None:
    assert read(action, message) == message
