"""Small inputs from public bug reports, each with its right value and the report that tells of it.

A source is a repository on GitHub and the number of an issue or a pull request there. The tables of
numbers have more of them, in their last column.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from integration.inbound.account_changes import amount
from integration.kernel import reasons
from integration.kernel.errors import WebhookUnreadable
from integration.kernel.segments import segments
from integration.kernel.signs import Signs
from integration.kernel.times import parse_lenient
from integration.outbound.provider_errors import duration
from providers import _pairfon_words, _reading

LEAST = 40
SOURCE = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z][\w.-]* [0-9]+")
SIGNS = Signs(ids=("id",))
ROW = {
    "id": 7,
    "phone": "+14155550123",
    "message": "Yes",
    "received_at": "2025-11-14T04:39:53Z",
}

TIMES = {
    # IFRCGo/cbs 594: seven digits of a second
    "2018-04-04T20:09:37.6503919+00:00": "2018-04-04T20:09:37.650391+00:00",
    # metricq/metricq-python 9: nine, and a zone without a colon
    "2020-06-23T04:00:00.655214846+0200": "2020-06-23T02:00:00.655214+00:00",
    # evilsocket/pwnagotchi 629: nine
    "2019-11-14T12:30:41.097414739+01:00": "2019-11-14T11:30:41.097414+00:00",
    # gweis/isodate 90: they must not round up to a sixtieth second
    "2024-07-27T19:58:59.999999571Z": "2024-07-27T19:58:59.999999+00:00",
    # datejs/Datejs 119: two
    "2018-04-13T12:26:47.78Z": "2018-04-13T12:26:47.780000+00:00",
    # ccomb/buttervolume 5: none, where others have six
    "2017-04-03T21:24:00": "2017-04-03T21:24:00+00:00",
    # mediacloud/api-client 89: five, behind a blank
    "2024-01-02 03:04:05.12345": "2024-01-02T03:04:05.123450+00:00",
    # pppscn/SmsForwarder 122: a phone's own time as UTC, without a zone
    "2022-02-25 07:59:17": "2022-02-25T07:59:17+00:00",
    # capcom6/android-sms-gateway 388: the day before, twelve hours east
    "2026-06-22T10:16:13.576+12:00": "2026-06-21T22:16:13.576000+00:00",
}


@pytest.mark.parametrize(("written", "moment"), TIMES.items())
def test_a_time_is_read_to_its_last_digit(written: str, moment: str) -> None:
    assert parse_lenient(written).isoformat() == moment


REFUSED: dict[str, Any] = {
    # SkygearIO/skygear-server 870: HTTP 200 for a text that was not sent
    "Non White-listed Destination - rejected": {
        "message-count": "1",
        "messages": [{"status": "29", "error-text": "Non White-listed Destination - rejected"}],
    },
    # Nexmo/nexmo-developer 940: another of its answers
    "Bad Credentials": {"messages": [{"status": "4", "error-text": "Bad Credentials"}]},
    # JeffreyWay/Laravel-Model-Validation 13: HTTP 200 again
    "The name is taken.": {"success": False, "errors": {"name": ["The name is taken."]}},
    # flugg/laravel-responder 130: the general sentence alone would help nobody
    "The given data was invalid. The name field is required.": {
        "message": "The given data was invalid.",
        "errors": {"name": ["The name field is required."]},
    },
    # erigones/esdc-ce 230: the code is all that it says
    "": {"status": "ERROR:14"},
}


@pytest.mark.parametrize(("reason", "answer"), REFUSED.items())
def test_a_refusal_under_any_status_line_tells_its_reason(reason: str, answer: Any) -> None:
    assert SIGNS.refusal(answer, deep=True) == reason
    assert not SIGNS.shows_done(answer)


NO_SIGN: tuple[Any, ...] = (
    None,  # LinOTP/LinOTP 206: 200 without a body
    {"payload": {}},  # ushahidi/SMSSync 236: nothing of what was expected
    {"message-count": "1", "messages": []},  # calvertyang/simple-nexmo 8: a count alone
)


@pytest.mark.parametrize("answer", NO_SIGN)
def test_an_answer_without_a_sign_is_neither_a_success_nor_a_refusal(answer: Any) -> None:
    assert SIGNS.refusal(answer, deep=True) is None
    assert not SIGNS.shows_done(answer)


def test_the_reason_behind_a_byte_order_mark_is_read() -> None:
    """woocommerce/wc-api-python 40 and schemathesis/schemathesis 1563."""
    assert reasons.of_body(b'\xef\xbb\xbf{"message": "No credit"}') == "No credit"


RECEIPTS = {
    # jookies/jasmin 447: the receipt of SMPP as a whole
    "id:1216080510463401720 sub:001 dlvrd:001 done date:0000000000 stat:FAILED err:002": "failed",
    # jookies/jasmin 760: delivered, with a code behind it that says nothing
    "id:fa9542be submit date:1911211739 done date:1911211741 stat:DELIVRD err:002": "delivered",
    # jookies/jasmin 916: on its way
    "ACCEPTD": "queued",
}


@pytest.mark.parametrize(("word", "status"), RECEIPTS.items())
def test_a_receipt_of_smpp_is_read(word: str, status: str) -> None:
    assert _reading.status(word) == status


SENDERS = (
    "Netzclub",  # signalapp/Signal-Android 771
    "Microsoft",  # kalkun-sms/Kalkun 230
    "BankName",  # OpenBubbles/openbubbles-app 112
    "60777",  # frimtec/secure-sms-proxy 371: a short code is no number of a phone
)


@pytest.mark.parametrize("sender", SENDERS)
def test_a_sender_without_a_number_is_received_as_written(sender: str) -> None:
    [found] = _pairfon_words.webhook({**ROW, "phone": sender})
    assert found.phone == sender


TEXTS: dict[str | None, str] = {
    # youngj/EnvayaSMS 22 and capcom6/android-sms-gateway 240: an MMS has no text
    None: "",
    # medic/cht-core 7654: joiners belong to words of Devanagari
    "\u0936\u094d\u200d\u092f": "\u0936\u094d\u200d\u092f",
}


@pytest.mark.parametrize(("text", "shown"), TEXTS.items())
def test_a_text_is_received_letter_by_letter(text: str | None, shown: str) -> None:
    [found] = _pairfon_words.webhook({**ROW, "message": text})
    assert found.message == shown


def test_a_row_without_a_sender_costs_nothing_but_itself() -> None:
    """signalapp/Signal-Android 5944: it crashed at every start."""
    with pytest.raises(WebhookUnreadable) as caught:
        _pairfon_words.webhook([{**ROW, "phone": None}, ROW])
    assert [each.provider_id for each in caught.value.read] == ["7"]


def test_several_messages_in_one_body_are_all_read() -> None:
    """adnanh/webhook 215 and Rails-Designer/fuik 51: a list at the top."""
    assert len(_pairfon_words.webhook([ROW, {**ROW, "id": "8"}])) == 2


WAITS = {
    "0.493": 0.493,  # SpaceTradersAPI/api-docs 24
    "9" * 5000: None,  # notatallshaw/nab 596: more digits than Python reads
    "Fri, 31 Dec 99999 23:59:59 GMT": None,  # anthropics/anthropic-sdk-python 1827
}


@pytest.mark.parametrize(("written", "seconds"), WAITS.items(), ids=range(len(WAITS)))
def test_a_wait_is_read_or_none_is_asked(written: str, seconds: float | None) -> None:
    assert duration(written) == seconds


PARTS = {
    # TwilioDevEd/message-segment-calculator 18: a bracket is one unit beside an emoji
    "this is a " + "]" * 75 + "\U0001f618": 2,
    # TwilioDevEd/message-segment-calculator 57: 70 letters fit
    "|" * 69 + "\u221e": 1,
    # instasent/sms-counter-php 15: an emoji takes two units
    "\U0001f60e" * 70: 3,
    # dedayoa/sms-counter-python 4: and so does a bracket among plain letters
    "]" * 80: 1,
    "]" * 81: 2,
}


@pytest.mark.parametrize(("text", "count"), PARTS.items(), ids=range(len(PARTS)))
def test_the_parts_of_a_text_are_counted_as_networks_bill_them(text: str, count: int) -> None:
    assert segments(text) == count


AMOUNTS = {
    "-34,18": -34.18,  # asgrim/ofxparser 59
    "\u20ac2,9": 2.9,  # Codit/lunchorder 88
    "1.000.50": 1000.5,  # CatimaLoyalty/Android 152
    "$ 1,000.00": 1000,  # Ikke/ledger-dashboard 2
    "19053,79": 19053.79,  # mjebrahimi/SharpMt940Lib.Core 17
}


@pytest.mark.parametrize(("written", "value"), AMOUNTS.items())
def test_a_balance_is_read_with_its_separators(written: str, value: float) -> None:
    assert amount(written) == value


def test_there_are_as_many_reports_as_promised() -> None:
    here = Path(__file__)
    files = [here, *(here.parent / "tables").glob("*.csv")]
    found = {name for file in files for name in SOURCE.findall(file.read_text("utf-8"))}
    assert len(found) >= LEAST
    assert len(set(SOURCE.findall(here.read_text("utf-8")))) >= LEAST
