"""Fixtures: fresh keys for each test."""

from __future__ import annotations

import os

import pytest

from proofs.rig.sandbox import numbers


@pytest.fixture
def phone_key() -> str:
    return f"pf_test_{os.getpid()}_{next(numbers)}"


@pytest.fixture
def office_key() -> str:
    return f"cm_test_{os.getpid()}_{next(numbers)}"


@pytest.fixture
def stock_key() -> str:
    return f"us_test_{os.getpid()}_{next(numbers)}"
