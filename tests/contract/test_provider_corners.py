"""Answers and webhooks at the edges of what providers document, each with its right reading."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from urllib.parse import quote_from_bytes

import pytest

from actions import send_mms, send_sms
from integration.kernel import plain_letters
from integration.kernel.errors import NoRoom, ProviderRejected, ProviderUnavailable
from integration.kernel.events import InboundMessage, Receipt, Sent
from integration.kernel.outgoing import Outgoing
from integration.kernel.webhooks import WebhookCall
from providers import _twilio_places, _vonage_signature
from providers.http_gateway import HttpGateway
from providers.textbee import MOST_PAGES, Textbee
from providers.twilio import Twilio
from providers.vonage import Vonage
from tests.contract.recordings import connect, upstream

AT = datetime(2026, 11, 30, 12, tzinfo=UTC)
GATEWAY = {"base_url": "https://gateway.example.com", "preset": "other"}
JASMIN = {**GATEWAY, "preset": "jasmin", "username": "u", "api_key": "p_0123456789"}
TEXT = Outgoing(phone="+447700900001", message="Hi")
TWILIO = {"account_sid": f"AC{1:032x}", "auth_token": "0" * 32, "sender_id": "+14155550100"}
MESSAGES = f"https://api.twilio.com/2010-04-01/Accounts/{TWILIO['account_sid']}/Messages"
VONAGE = {"api_key": "abcd1234", "api_secret": "abcdef0123456789", "sender_id": "447700900000"}
FORM, JSON = "application/x-www-form-urlencoded", "application/json"


def call(body: bytes, kind: str = FORM) -> WebhookCall:
    url, headers = "https://h.example/ingress/x", {"content-type": kind}
    return WebhookCall(method="POST", url=url, query=(), headers=headers, body=body, at=AT)


def sent(answer: object, **settings: str) -> str | None:
    with upstream() as web:
        web.post(GATEWAY["base_url"], json=answer)
        found: Sent = connect(HttpGateway, {**GATEWAY, **settings}).send_sms(TEXT)
    return found.provider_id


def test_a_rule_of_the_users_own_shows_success_whatever_else_the_answer_says() -> None:
    answer = {"errorCode": "000", "errorMessage": "Message accepted", "jobId": "20047"}
    assert sent(answer, success="json.errorCode=000", id_at="json=jobId") == "20047"


def test_a_rule_on_the_status_alone_hides_no_refusal() -> None:
    with pytest.raises(ProviderRejected):
        sent({"error": "No credit"}, success="status=200")


def test_a_path_counts_the_rows_of_an_answer_of_one_row() -> None:
    rules = {"success": "json.0.status=ok", "refused": "json.0.code=7", "id_at": "json=0.id"}
    assert sent([{"id": "m1", "status": "ok"}], **rules) == "m1"
    with pytest.raises(ProviderRejected):
        sent([{"code": "7", "status": "ok"}], **rules)


@pytest.mark.parametrize(
    ("coding", "octets", "text"),
    [
        ("0", b"caf\x05", "café"),
        ("0", b"a\x00b.de", "a@b.de"),
        ("0", b"5\x1be", "5€"),
        ("0", b"plain [text]", "plain [text]"),
        ("0", "naïve".encode(), "naïve"),
        ("3", b"caf\xe9", "café"),
        ("8", "héllo 🎉".encode("utf-16-be"), "héllo 🎉"),
    ],
)
def test_jasmin_gives_a_text_in_the_coding_of_its_network(
    coding: str, octets: bytes, text: str
) -> None:
    fields = f"id=1&from=%2B447700900001&to=60777&coding={coding}&binary={octets.hex()}"
    body = f"{fields}&content={quote_from_bytes(octets)}".encode()
    [found] = connect(HttpGateway, JASMIN).read_webhook(call(body))
    assert isinstance(found, InboundMessage)
    assert found.message == text


def test_a_text_whose_octets_cannot_be_read_is_read_as_its_content() -> None:
    body = b"id=1&from=%2B447700900001&to=60777&coding=0&binary=none&content=Hello"
    [found] = connect(HttpGateway, JASMIN).read_webhook(call(body))
    assert isinstance(found, InboundMessage)
    assert found.message == "Hello"


def test_the_word_for_a_text_that_was_taken_is_no_refusal() -> None:
    body = b'{"id":"9","status":"ESME_ROK"}'
    [found] = connect(HttpGateway, GATEWAY).read_webhook(call(body, JSON))
    assert isinstance(found, Receipt)
    assert found.status != "failed"


@pytest.mark.parametrize(
    ("word", "status"),
    [("ESME_ROK", "sent"), ("ESME_RINVNUMDESTS", "failed"), ("ESME_RTHROTTLED", "unknown")],
)
def test_the_refusal_of_an_sms_centre_is_a_failure(word: str, status: str) -> None:
    body = f"id=16fd2706&level=1&message_status={word}".encode()
    [found] = connect(HttpGateway, JASMIN).read_webhook(call(body))
    assert isinstance(found, Receipt)
    assert found.status == status


def test_a_message_that_is_said_to_be_received_is_no_receipt() -> None:
    body = b'{"id":"9","from":"+447700900001","to":"+447700900002","text":"Hi","status":"received"}'
    [found] = connect(HttpGateway, GATEWAY).read_webhook(call(body, JSON))
    assert isinstance(found, InboundMessage)
    assert found.message == "Hi"


def test_a_full_queue_of_a_sender_says_nothing_of_the_others_of_the_account() -> None:
    full = {"code": 21611, "message": "It has exceeded the maximum number of queued messages"}
    with upstream() as web:
        web.post(f"{MESSAGES}.json", status=400, json={**full, "status": 400})
        with pytest.raises(NoRoom) as raised:
            connect(Twilio, TWILIO).send_sms(TEXT)
    assert raised.value.full == "sender"


def test_the_limit_of_a_user_of_jasmin_is_waited_for_and_is_no_silence() -> None:
    with upstream() as web:
        web.post("https://jasmin.example/send", status=403, body='Error "User throughput exceeded"')
        with pytest.raises(ProviderUnavailable) as raised:
            connect(HttpGateway, {**JASMIN, "base_url": "https://jasmin.example"}).send_sms(TEXT)
    assert raised.value.retry_after == 1


def test_a_limit_of_texts_in_a_second_is_waited_for_and_is_no_silence() -> None:
    said = {"status": "1", "error-text": "Throughput Rate Exceeded - please wait [ 100 ] and retry"}
    with upstream() as web:
        web.post("https://rest.nexmo.com/sms/json", json={"messages": [said]})
        with pytest.raises(ProviderUnavailable) as raised:
            connect(Vonage, VONAGE).send_sms(TEXT)
    assert raised.value.retry_after == 1


def listed(age: timedelta, media: dict[str, Any], status: int = 200) -> list[InboundMessage]:
    """What Twilio's list gives of a message with one picture, whose own list is `media`."""
    at = datetime.now(UTC) - age
    row = {"sid": "MM1", "direction": "inbound", "from": "+14155550123", "body": "Look!"}
    row |= {"num_media": "1", "date_sent": format_datetime(at), "date_created": format_datetime(at)}
    with upstream() as web:
        web.get(f"{MESSAGES}.json", json={"messages": [row]})
        web.get(f"{MESSAGES}/MM1/Media.json", status=status, json=media)
        page = connect(Twilio, TWILIO).received(cursor="", since=at - timedelta(minutes=5))
    return [*page.messages]


def test_a_message_whose_picture_twilio_does_not_show_yet_is_read_the_next_time() -> None:
    picture = {"media_list": [{"sid": "ME1", "content_type": "image/png"}]}
    assert listed(timedelta(seconds=3), {"media_list": []}) == []
    [found] = listed(timedelta(seconds=33), picture)
    assert [each.content_type for each in found.media] == ["image/png"]
    [found] = listed(timedelta(minutes=5), {"media_list": []})
    assert (found.message, found.media) == ("Look!", [])


def test_pictures_that_a_key_may_not_see_hold_up_no_message() -> None:
    refusal = {"code": 20003, "message": "Permission Denied", "status": 403}
    [found] = listed(timedelta(seconds=3), refusal, 403)
    assert (found.message, found.media) == ("Look!", [])


def test_a_picture_that_comes_without_words_needs_no_field_for_them() -> None:
    fields = "MessageSid=MM1&From=%2B14155550123&To=%2B14155550100&NumMedia=1"
    body = f"{fields}&MediaUrl0=https://api.twilio.com/x&MediaContentType0=image/png".encode()
    [found] = connect(Twilio, TWILIO).read_webhook(call(body))
    assert isinstance(found, InboundMessage)
    assert (found.message, len(found.media)) == ("", 1)


def test_a_text_to_a_number_that_twilio_hides_is_found_again() -> None:
    row = {"sid": "SM1", "direction": "outbound-api", "to": "+4477009XXXX", "body": TEXT.message}
    row |= {"status": "sent", "date_created": format_datetime(AT)}
    values = {"phone": TEXT.phone, "message": TEXT.message}
    with upstream() as web:
        web.get(f"{MESSAGES}.json", json={"messages": [row]})
        web.get(f"{MESSAGES}.json", json={"messages": []})
        [trace] = send_sms.traces(connect(Twilio, TWILIO), values, AT)
    assert (trace.sent.provider_id, trace.doubtful) == ("SM1", False)


@pytest.mark.parametrize(
    ("sent", "media", "doubtful"),
    [("mms", "1", False), ("mms", "0", True), ("sms", "0", False), ("sms", "1", True)],
)
def test_a_row_with_a_picture_is_that_of_a_picture(
    sent: str, media: str, *, doubtful: bool
) -> None:
    row = {"sid": "MM1", "direction": "outbound-api", "to": TEXT.phone, "body": TEXT.message}
    row |= {"status": "sent", "date_created": format_datetime(AT), "num_media": media}
    values = {"phone": TEXT.phone, "message": TEXT.message}
    traces = (send_mms if sent == "mms" else send_sms).traces
    with upstream() as web:
        web.get(f"{MESSAGES}.json", json={"messages": [row]})
        web.get(f"{MESSAGES}.json", json={"messages": []})
        [trace] = traces(connect(Twilio, TWILIO), values, AT)
    assert trace.doubtful == doubtful


@pytest.mark.parametrize("name", ["number", "service"])
def test_what_stood_at_twilio_is_put_back_with_its_method_and_its_overrides(name: str) -> None:
    url, ours = "https://crm.example/hook#rc=3&rp=all", "https://h.example/ingress/twilio/x"
    number = {"sid": f"PN{1:032x}", "sms_url": url, "sms_method": "GET"}
    service = {"sid": f"MG{1:032x}", "inbound_request_url": url, "inbound_method": "GET"}
    numbers, services = ([number], []) if name == "number" else ([], [service])
    [entry] = _twilio_places.wanted(_twilio_places.found(numbers, services), ours)
    put = [_twilio_places.form(entry, address) for address in (entry.url, entry.overwrites)]
    assert [[value for _, value in each] for each in put] == [[ours, "POST"], [url, "GET"]]


def test_a_history_that_has_no_end_is_not_taken_for_whole() -> None:
    row = {"_id": "x", "direction": "sent", "recipient": "+447700900001", "message": "other"}
    rows = [{**row, "status": "sent", "createdAt": "2026-11-30T12:00:00Z"}] * 100
    page = {"data": rows, "meta": {"hasMore": True, "nextCursor": "c"}}
    with upstream() as web:
        for _ in range(MOST_PAGES):
            web.get("https://api.textbee.dev/api/v1/gateway/messages", json=page)
        account = connect(Textbee, {"api_key": "k" * 20})
        with pytest.raises(ProviderUnavailable, match="pages"):
            account.history(device_fingerprint=None, phone="+447700900001", since=AT)


def test_a_name_that_holds_several_fields_is_not_signed() -> None:
    real = {"messageId": "M1", "msisdn": "447700900001", "text": "STOP", "to": "447700900000"}
    sig = _vonage_signature.signature(real, "s3cret", "sha256")
    merged = {"messageId": "M1", "msisdn=447700900001&text": "STOP", "to": "447700900000"}
    assert _vonage_signature.is_signed({**real, "sig": sig}, "s3cret", "sha256")
    assert not _vonage_signature.is_signed({**merged, "sig": sig}, "s3cret", "sha256")


@pytest.mark.parametrize("text", ["col·legi", "می\u200cخواهم"])
def test_plain_letters_keep_what_belongs_to_a_word(text: str) -> None:
    assert plain_letters.folded(text) == text
