"""What a provider's class can ask of a webhook, and the proofs that it may use."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from integration.kernel.errors import MalformedBody
from integration.kernel.webhooks import MOST_FIELDS, WebhookReply, pairs, same, within
from tests.contract.webhook_tapes import FORM, NOON, made

NOW = NOON.timestamp()
MULTIPART = (
    b'--edge\r\nContent-Disposition: form-data; name="From"\r\n\r\n+1 415\r\n'
    b"--edge\r\ncontent-disposition: form-data; name=Body\r\nContent-Type: text/plain\r\n\r\n"
    b"two\r\nlines\r\n"
    b'--edge\r\nContent-Disposition: form-data; name="Pic"; filename="a.png"\r\n\r\n\x89PNG\r\n'
    b"--edge--\r\n"
)


def form(body: str | bytes, kind: str = FORM) -> Any:
    raw = body.encode() if isinstance(body, str) else body
    call = made({"method": "POST", "headers": {"Content-Type": kind}})
    return list(replace(call, body=raw).form())


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("", []),
        ("a=1&b=2&a=3", [("a", "1"), ("b", "2"), ("a", "3")]),
        ("Body=&NumMedia=0", [("Body", ""), ("NumMedia", "0")]),
        ("From=%2B1415&Body=Yes%2C+see+you", [("From", "+1415"), ("Body", "Yes, see you")]),
        ("Body=%F0%9F%98%80", [("Body", "\U0001f600")]),
        ("Body=caf%E9", [("Body", "caf�")]),
        (b"Body=caf\xe9", [("Body", "caf�")]),
        ("lonely", [("lonely", "")]),
    ],
)
def test_a_form_is_read_in_its_order_with_blanks_and_without_a_refusal(
    body: str | bytes, found: list[tuple[str, str]]
) -> None:
    assert form(body) == found


@pytest.mark.parametrize(
    "kind", ["multipart/form-data; boundary=edge", 'Multipart/Form-Data; Boundary="edge"']
)
def test_of_a_multipart_form_the_texts_are_read_and_the_files_are_not(kind: str) -> None:
    assert form(MULTIPART, kind) == [("From", "+1 415"), ("Body", "two\r\nlines")]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"--edge", "multipart/form-data; boundary=edge"),
        (MULTIPART, "multipart/form-data"),
        (MULTIPART, "multipart/form-data; boundary=other"),
        (b"--edge\r\nno head", "multipart/form-data; boundary=edge"),
    ],
)
def test_a_broken_multipart_form_has_no_fields(body: bytes, kind: str) -> None:
    assert form(body, kind) == []


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("a=1&" * (MOST_FIELDS + 1), FORM),
        (b"--edge\r\n" + b"\r\n--edge" * (MOST_FIELDS + 2), "multipart/form-data; boundary=edge"),
    ],
)
def test_a_form_of_too_many_fields_is_refused(body: str | bytes, kind: str) -> None:
    with pytest.raises(MalformedBody, match="more than"):
        form(body, kind)


def test_json_is_read_strictly_and_text_leniently() -> None:
    call = made({"method": "POST", "body": '{"a": 1, "a": 2}'})
    with pytest.raises(MalformedBody, match="twice"):
        call.json()
    assert call.text() == '{"a": 1, "a": 2}'
    assert replace(call, body=b"caf\xe9").text() == "caf�"


def test_a_call_shows_no_address_header_or_body_where_it_is_printed() -> None:
    headers = {"x": "secret"}
    call = made({"method": "POST", "url": "https://x/secret", "headers": headers, "body": "secret"})
    assert "secret" not in repr(call)


@pytest.mark.parametrize(
    ("expected", "given", "equal"),
    [
        ("abc", "abc", True),
        ("abc", b"abc", True),
        ("abc", "abd", False),
        ("abc", "", False),
        ("abc", None, False),
        ("abc", "é\udce9", False),
    ],
)
def test_a_proof_is_compared_whatever_was_sent(expected: str, given: Any, equal: bool) -> None:
    assert same(expected, given) is equal


@pytest.mark.parametrize(
    ("stamp", "inside"),
    [
        (str(int(NOW)), True),
        (str(int(NOW) + 300), True),
        (NOW - 300, True),
        (NOW - 301, False),
        (str(int(NOW) + 301), False),
        ("", False),
        (None, False),
        ("soon", False),
        ("nan", False),
        ("inf", False),
        ("9" * 400, False),
        (str(int(NOW) * 1000), False),
    ],
)
def test_a_time_counts_within_its_window_alone(stamp: Any, inside: bool) -> None:
    assert within(NOON, stamp, 300) is inside
    assert within(NOON + timedelta(days=1), stamp, 300) is False


@pytest.mark.parametrize(
    "wrong", [{"status": 302}, {"status": 199}, {"status": 204, "body": b"x"}, {"status": 500}]
)
def test_a_reply_says_that_the_webhook_is_committed(wrong: Any) -> None:
    with pytest.raises(ValueError, match="2xx"):
        WebhookReply(**wrong)
    assert WebhookReply(status=204).body == b""


def test_a_query_of_too_many_fields_is_refused() -> None:
    with pytest.raises(MalformedBody):
        pairs("a&" * (MOST_FIELDS + 1))
