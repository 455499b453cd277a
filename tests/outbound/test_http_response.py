"""What an answer's bytes say, in whatever pieces they come."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integration.outbound.http_response import (
    MOST_INTERIM,
    MOST_KEPT,
    MOST_READ,
    Answer,
    NoAnswerError,
)

OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
HINTS = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
# What comes, its status, and whether the connection may be used again.
OVER = {
    "a length": (OK + b"Content-Length: 2\r\n\r\n{}", 200, True),
    "no body": (b"HTTP/1.1 204 No Content\r\n\r\n", 204, True),
    "a length beside no body": (b"HTTP/1.1 304 X\r\nContent-Length: 9\r\n\r\n", 304, True),
    "no reason": (b"HTTP/1.1 500\r\nContent-Length: 0\r\n\r\n", 500, True),
    "bare line ends": (b"HTTP/1.1 200 OK\nContent-Length: 2\n\n{}", 200, True),
    "chunks": (CHUNKED + b"1;x=y\r\n{\r\n1\r\n}\r\n0\r\n\r\n", 200, True),
    "a trailer": (CHUNKED + b"0\r\nX-Sum: 1\r\n\r\n", 200, True),
    "interim ones": (HINTS * 2 + OK + b"content-length:0\r\n\r\n", 200, True),
    "close": (OK + b"Connection: Close\r\nContent-Length: 0\r\n\r\n", 200, False),
    "of 1.0": (b"HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", 200, False),
    "of 1.0, kept": (
        b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n",
        200,
        True,
    ),
    "the same length twice": (OK + b"Content-Length: 0\r\nContent-Length: 0\r\n\r\n", 200, True),
    "another answer behind it": (OK + b"Content-Length: 0\r\n\r\n" + OK, 200, False),
}
NOT_YET = {
    "nothing": b"",
    "half a line": b"HTTP/1.1 2",
    "half a head": OK + b"Content-Le",
    "half a body": OK + b"Content-Length: 10\r\n\r\n{",
    "half a chunk": CHUNKED + b"5\r\n{",
    "no last chunk": CHUNKED + b"1\r\n{\r\n",
    "no length": OK + b"\r\n{}",
    "a length beside chunks": OK
    + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a coding beside chunks": OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
}
NONE = {
    "of 0.9": b"It works.\n",
    "of 2": b"HTTP/2 200\r\n\r\n",
    "a word for a status": b"HTTP/1.1 OK\r\n\r\n",
    "a status too short": b"HTTP/1.1 20 OK\r\n\r\n",
    "a status too long": b"HTTP/1.1 2000 OK\r\n\r\n",
    "two lengths": OK + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n{}",
    "a length that is none": OK + b"Content-Length: +2\r\n\r\n{}",
    "a length too long": OK + b"Content-Length: 9" + b"0" * 30 + b"\r\n\r\n",
    "a chunk without a size": CHUNKED + b"x\r\n",
    "a chunk that is longer": CHUNKED + b"1\r\n{}\r\n",
    "a size without end": CHUNKED + b"1" * 1000,
    "another protocol": b"HTTP/1.1 101 Switching Protocols\r\n\r\n",
    "interim ones without end": HINTS * (MOST_INTERIM + 1),
    "a head without end": OK + b"X-Long: " + b"x" * MOST_READ,
}


def fed(data: bytes, size: int) -> tuple[Answer, bool]:
    """The answer after `data` in pieces of `size`, and whether it was over by then."""
    answer, over = Answer(), False
    for first in range(0, len(data), size):
        if over:
            answer.kept = False  # as the connection does with what nobody asked for
            break
        over = answer.feed(data[first : first + size])
    return answer, over


@pytest.mark.parametrize("size", [1, 7, 1 << 20])
@pytest.mark.parametrize(("data", "status", "kept"), OVER.values(), ids=OVER.keys())
def test_an_answer_ends_where_it_says(data: bytes, status: int, kept: bool, size: int) -> None:
    answer, over = fed(data, size)
    assert (over, answer.status, answer.kept) == (True, status, kept)


@pytest.mark.parametrize("size", [1, 1 << 20])
@pytest.mark.parametrize("data", NOT_YET.values(), ids=NOT_YET.keys())
def test_an_answer_is_not_over_before_its_end(data: bytes, size: int) -> None:
    answer, over = fed(data, size)
    assert not over
    assert answer.begun == bool(data)


@pytest.mark.parametrize("size", [1, 1 << 20])
@pytest.mark.parametrize("data", NONE.values(), ids=NONE.keys())
def test_what_is_no_answer_is_refused(data: bytes, size: int) -> None:
    with pytest.raises(NoAnswerError):
        fed(data, size)


@pytest.mark.parametrize(
    "start", [OK + b"\r\n", OK + b"Content-Length: 999999\r\n\r\n", CHUNKED + b"fffffff\r\n"]
)
def test_a_body_that_is_too_long_is_not_waited_for(start: bytes) -> None:
    answer, over = fed(start + b"x" * MOST_READ, 4096)
    assert (over, answer.status, answer.kept) == (True, 200, False)


def test_when_to_come_again_is_read() -> None:
    answer, _ = fed(b"HTTP/1.1 503 X\r\nretry-after:  7 \r\nContent-Length: 0\r\n\r\n", 1 << 20)
    assert answer.retry_after == "7"


@given(st.binary(max_size=200), st.sampled_from([b"", OK, CHUNKED, HINTS]))
def test_no_bytes_do_more_than_make_no_answer(data: bytes, start: bytes) -> None:
    try:
        answer, _ = fed(start + data, 3)
    except NoAnswerError:
        return
    assert answer.status == 0 or 200 <= answer.status <= 999


@pytest.mark.parametrize("framing", ["length", "chunks", "end"])
@given(piece=st.integers(1, 5000))
def test_the_beginning_of_a_body_is_kept_in_whatever_pieces_it_comes(
    framing: str, piece: int
) -> None:
    body = bytes(range(48, 58)) * 900
    raw = {
        "length": OK + b"Content-Length: %d\r\n\r\n" % len(body) + body,
        "chunks": CHUNKED + b"1\r\n0\r\n%x\r\n%b\r\n0\r\n\r\n" % (len(body) - 1, body[1:]),
        "end": OK + b"\r\n" + body,
    }[framing]
    answer = Answer()
    for place in range(0, len(raw), piece):
        answer.feed(raw[place : place + piece])
    assert answer.body == body[:MOST_KEPT]
