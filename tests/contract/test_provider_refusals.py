"""What a provider says itself, refusals above all, and what a request carries."""

from __future__ import annotations

import socket
import time
from collections.abc import Mapping
from contextlib import suppress
from email.utils import formatdate
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integration.kernel.errors import OutcomeUnknown, ProviderRejected, ProviderUnavailable
from integration.outbound.provider_errors import masked, retry_after
from integration.outbound.provider_http import MOST_BYTES
from tests.contract.peers import KEY, answering, client, peer, send


@pytest.mark.parametrize("effect", [True, False])
@pytest.mark.parametrize(
    ("status", "headers", "wait"),
    [
        ("429 Too Many Requests", {"Retry_After": "17"}, 17),
        ("429 Too Many Requests", {"RateLimit_Reset": "41"}, 41),
        ("429 Too Many Requests", {"X_RateLimit_Reset": "23"}, 23),
        ("429 Too Many Requests", {"Retry_After": "5", "RateLimit_Reset": "41"}, 5),
        ("429 Too Many Requests", {}, None),
        ("503 Service Unavailable", {"Retry_After": "999999"}, 3600),
    ],
)
def test_the_provider_itself_says_that_it_did_nothing(
    status: str, headers: dict[str, str], wait: float | None, effect: bool
) -> None:
    with peer(answering(status, b"slow down", **headers)) as gateway:
        with pytest.raises(ProviderUnavailable) as caught:
            send(client(gateway.url), effect=effect)
        assert caught.value.retry_after == wait
        assert caught.value.upstream_status == int(status[:3])


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [
        ("0", 1, 1),
        ("1.5", 1.5, 1.5),
        ("9999999", 3600, 3600),
        (formatdate(time.time() + 600, usegmt=True), 1, 600),
        (formatdate(0, usegmt=True), 1, 1),
        (str(int(time.time()) + 600), 1, 600),
    ],
    ids=["none", "half", "long", "date", "past date", "moment"],
)
def test_a_wait_is_read_however_it_is_written(text: str, least: float, most: float) -> None:
    wait = retry_after({"retry-after": text})
    assert wait is not None
    assert least <= wait <= most


@pytest.mark.parametrize("text", ["-5", "inf", ""])
def test_what_names_no_time_asks_for_no_wait(text: str) -> None:
    assert retry_after({"retry-after": text}) is None


@given(st.text())
def test_no_wait_can_be_absurd(text: str) -> None:
    wait = retry_after({"retry-after": text, "ratelimit-reset": text})
    assert wait is None or 1 <= wait <= 3600


@pytest.mark.parametrize("effect", [True, False])
@pytest.mark.parametrize(
    ("status", "body", "says"),
    [
        (
            "400 Bad Request",
            b'{"message": "phone is missing"}',
            "refused with status 400: phone is",
        ),
        (
            "401 Unauthorized",
            b'{"message": "No"}',
            "does not accept the API key of this connection",
        ),
        ("403 Forbidden", b'{"error": {"message": "Wrong SIM."}}', "status 403: Wrong SIM."),
        ("404 Not Found", b"<html>nginx</html>", "Gateway refused with status 404."),
        ("422 Unprocessable", b'{"error": "bad"}', "status 422: bad."),
        ("418 Teapot", b'{"detail": "short\\nand  stout"}', "status 418: short and stout."),
    ],
)
def test_a_refusal_says_why(status: str, body: bytes, says: str, effect: bool) -> None:
    with peer(answering(status, body)) as gateway:
        with pytest.raises(ProviderRejected) as caught:
            send(client(gateway.url), effect=effect)
        assert says in caught.value.message
        assert caught.value.upstream_status == int(status[:3])


def test_a_request_carries_what_it_should_and_nothing_of_the_surroundings(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login who password what\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    with peer(answering(body=b'{"id": 1}')) as gateway:
        http = client(f"{gateway.url}/api/")
        answer = http.call("GET", "/x", headers={"X-Key": "k"}, params={"phone": "+1 2"})
        http.close()
        head = gateway.requests[0].decode()
    assert answer.data == {"id": 1}
    assert answer.headers["content-length"] == "9"
    assert head.startswith("GET /api/x?phone=%2B1+2 HTTP/1.1\r\n")
    assert "Accept: application/json" in head
    assert "Accept-Encoding: identity" in head
    assert "X-Key: k" in head
    assert "Authorization" not in head


def test_questions_share_a_connection_and_effects_never_do() -> None:
    with peer(answering()) as gateway:
        http = client(gateway.url)
        for _ in range(3):
            http.call("GET", "/x", headers={})
        assert gateway.connections == 1
        for _ in range(3):
            http.call("POST", "/x", headers={}, json={}, effect=True)
        assert gateway.connections == 4
        http.close()


def test_a_kept_connection_that_went_stale_harms_no_effect() -> None:
    def once(connection: socket.socket, request: bytes) -> None:
        answering()(connection, request)
        connection.shutdown(socket.SHUT_RDWR)

    with peer(once) as gateway:
        http = client(gateway.url)
        http.call("GET", "/x", headers={})
        assert http.call("POST", "/x", headers={}, json={}, effect=True).status == 200
        http.close()


@pytest.mark.parametrize(
    ("status", "body"), [("200 OK", b""), ("204 No Content", b""), ("200 OK", b" \n")]
)
def test_a_success_without_a_body_is_one(status: str, body: bytes) -> None:
    with peer(answering(status, body)) as gateway:
        assert send(client(gateway.url)).data is None


def test_an_answer_at_the_limit_is_read_and_one_byte_more_is_not() -> None:
    just = b'"' + b"a" * (MOST_BYTES - 2) + b'"'
    with peer(answering(body=just)) as gateway:
        assert len(send(client(gateway.url, deadline=20.0)).data) == MOST_BYTES - 2
    with peer(answering(body=just + b" ")) as gateway, pytest.raises(OutcomeUnknown):
        send(client(gateway.url, deadline=20.0))


@pytest.mark.parametrize(
    "status", ["200 OK", "401 Unauthorized", "429 Too Many", "500 Error", "302 Found"]
)
def test_the_headers_of_every_answer_are_shared(status: str) -> None:
    seen: list[tuple[Mapping[str, str], int]] = []
    with peer(answering(status, RateLimit_Remaining="7")) as gateway:
        http = client(gateway.url)
        http.on_headers = lambda headers, code: seen.append((headers, code))
        with suppress(ProviderRejected, ProviderUnavailable, OutcomeUnknown):
            send(http)
    assert [(headers["ratelimit-remaining"], code) for headers, code in seen] == [
        ("7", int(status[:3]))
    ]


@pytest.mark.parametrize("key", ["pf_→", "pf_\r\nX-Evil: 1", "pf_\x00", "pf_é"])
def test_a_key_that_cannot_be_sent_is_refused_without_being_shown(key: str) -> None:
    with peer(answering()) as gateway:
        with pytest.raises(ProviderRejected, match="enter them again") as caught:
            client(gateway.url).call("GET", "/", headers={"Authorization": f"Bearer {key}"})
        assert gateway.connections == 0
    assert key not in f"{caught.value} {caught.value.__cause__}"


@pytest.mark.parametrize("url", ["ftp://example.com", "example.com", "", "https://", "http://[::1"])
def test_a_malformed_base_url_is_refused(url: str) -> None:
    with pytest.raises(ProviderRejected):
        send(client(url))


@pytest.mark.parametrize(
    ("sentence", "private", "left"),
    [
        ("Key pf_live_0123456789 is unknown", [KEY], "Key *** is unknown"),
        ("Key pf_live_01234… is unknown", [KEY], "Key ***… is unknown"),
        ("Cannot text (415) 555-0123 now", [], "Cannot text *** now"),
        ("Cannot text +1 (415) 555-0123 now", [], "Cannot text *** now"),
        ("Wait 60 seconds, error 4021", [], "Wait 60 seconds, error 4021"),
        ("'Hi' is no text, this is", ["Hi"], "'***' is no text, this is"),
        (
            "YOUR TABLE is: your table is re...",
            ["Your table is ready"],
            "***: ***...",
        ),
        ("Blocked: our table is re...", ["Your table is ready"], "Blocked: ***..."),
        ("a\nb\tc", [""], "a b c"),
        ("x" * 300, [], "x" * 199 + "…"),
    ],
)
def test_what_a_provider_says_is_masked(sentence: str, private: list[str], left: str) -> None:
    assert masked(sentence, private) == left


def test_a_text_under_a_name_of_the_gateways_own_is_masked_where_the_call_says_so() -> None:
    told = b'{"error": "No route for: Your table is ready"}'
    with peer(answering("400 Bad Request", told)) as gateway:
        http, given = client(gateway.url), {"sms": "Your table is ready"}
        with pytest.raises(ProviderRejected, match=r"No route for: \*\*\*\.$"):
            http.call(
                "POST", "/", headers={}, json=given, effect=True, private=["Your table is ready"]
            )


def test_each_value_of_a_name_that_a_form_has_several_times_is_masked() -> None:
    first, second = "https://files.example/of-anna.jpg", "https://files.example/of-bob.jpg"
    told = f'{{"error": "Cannot fetch {first} or {second}"}}'.encode()
    with peer(answering("400 Bad Request", told)) as gateway:
        form = [("MediaUrl", first), ("MediaUrl", second)]
        with pytest.raises(ProviderRejected) as caught:
            client(gateway.url).call("POST", "/", headers={}, form=form, effect=True)
    assert "anna" not in caught.value.message
    assert "bob" not in caught.value.message
