"""Balances as providers of many countries write them."""

from __future__ import annotations

import pytest

from integration.inbound.account_changes import amount


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("9,50", 9.5),
        ("1.234,56", 1234.56),
        (".5", 0.5),
        (",5", 0.5),
        ("$ 1,234.56", 1234.56),
        ("1 234,56", 1234.56),
        ("1\u00a0234,56 \u20ac", 1234.56),
        ("1\u202f234\u202f567", 1234567),
        ("1'234.50", 1234.5),
        ("1\u2019234.50", 1234.5),
        ("1.234.567", 1234567),
        ("1,23,456.78", 123456.78),
        ("1,234", 1234),
        ("0,125", 0.125),
        ("1.234", 1.234),
        ("12345,678", 12345.678),
        ("-5.20", -5.2),
        ("\u22125,20 EUR", -5.2),
        ("-$5.20", -5.2),
        ("- EUR 5.20", -5.2),
        ("(5.20)", -5.2),
        ("EUR 42", 42),
        ("Rs.500", 500),
        ("Rs. 1,500.00", 1500),
        ("100 SMS", 100),
        ("42.50 (credit 100)", 42.5),
        ("1e3", 1000),
        ("0", 0),
        ("0.00", 0),
        ("042.50", 42.5),
        # From public bug reports of ofxparser, lunchorder, Catima, financisto and ledger-dashboard.
        ("-34,18", -34.18),
        ("\u20ac2,9", 2.9),
        ("1.000.50", 1000.5),
        ("1,000,50", 1000.5),
        ("Karta -497.00 BYN", -497),
        ("1 234.56", 1234.56),
        ("$ 1,000.00", 1000),
        ("unlimited", None),
        ("", None),
        (None, None),
        ("nan", None),
        ("inf", None),
    ],
)
def test_a_balance_is_read_in_any_countrys_writing(text: str | None, value: float | None) -> None:
    assert amount(text) == value
