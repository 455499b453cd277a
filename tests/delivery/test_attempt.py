"""Which addresses a delivery can be posted to, and what its request begins with."""

from __future__ import annotations

import pytest

from integration.delivery import attempt
from proofs.rig.hostile import HOSTILE

SOUND = {
    "https://example.com": ("/", "example.com", 443),
    "HTTPS://Example.COM:443/A?b=c#d": ("/A?b=c", "example.com", 443),
    "https://example.com:8443/a%20b/%C3%BC?x=%26&y": (
        "/a%20b/%C3%BC?x=%26&y",
        "example.com:8443",
        8443,
    ),
    "https://bücher.example/ü?q=é": (
        "/%C3%BC?q=%C3%A9",
        "xn--bcher-kva.example",
        443,
    ),
    "http://[::1]:8000/x": ("/x", "[::1]:8000", 8000),
    "https://example.com/a\u2028b": ("/a%E2%80%A8b", "example.com", 443),
}


@pytest.mark.parametrize(("url", "wanted"), SOUND.items(), ids=SOUND.keys())
def test_a_request_goes_where_its_address_says(url: str, wanted: tuple[str, str, int]) -> None:
    found = attempt.target(url)
    assert found
    path, host, port = wanted
    assert found.head.startswith(f"POST {path} HTTP/1.1\r\nhost: {host}\r\n".encode())
    assert found.place.port == port


@pytest.mark.parametrize(
    "url",
    [
        *("", "/x", "ftp://example.com/", "https://", "https://:443/", "https://a:99999/"),
        *("https://user@example.com/", "https://u:p@example.com/", "https://exa mple.com/"),
        *(
            "https://a\u2028b/",
            "https://" + "a" * 64 + ".com/",
            "https://[::g]/",
            "https://\ud800/",
        ),
    ],
)
def test_what_is_no_web_address_is_no_target(url: str) -> None:
    assert attempt.target(url) is None


@pytest.mark.parametrize("url", HOSTILE)
def test_no_address_puts_a_line_of_its_own_into_a_request(url: str) -> None:
    found = attempt.target(url)
    lines = found.head.split(b"\r\n") if found else []
    assert len(lines) in (0, 6)
    assert all(line.isascii() and b"\n" not in line and b"\r" not in line for line in lines)
