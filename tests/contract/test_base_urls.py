"""A base URL in another spelling leads to the same place; one that leads elsewhere does not."""

from __future__ import annotations

from typing import Any

import pytest

from integration.kernel import base_url

USUAL = "https://api.pairfon.com"


@pytest.mark.parametrize(
    "other",
    [
        *("", None, " ", USUAL, f"{USUAL}/", "HTTPS://API.Pairfon.com", f" {USUAL}:443/\n"),
        *(f"{USUAL}#", f"{USUAL}/?"),
    ],
)
def test_these_are_the_usual_one(other: str | None) -> None:
    assert base_url.same(other, USUAL, USUAL)
    assert base_url.same("", other, USUAL)


@pytest.mark.parametrize(
    "other",
    [
        *("http://api.pairfon.com", f"{USUAL}:444", f"{USUAL}/v2", f"{USUAL}/V2", f"{USUAL}?a=1"),
        *("https://a@api.pairfon.com", "https://[api", 7, ["https://api.pairfon.com"]),
    ],
)
def test_these_are_not(other: Any) -> None:
    assert not base_url.same(other, USUAL, USUAL)
    assert base_url.same(other, other, USUAL)
