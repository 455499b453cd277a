"""What the figures of the attacks share when they run as tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from proofs.attacks.outcome import give_slack

BUSY = 6.0
"""Goals that are times may take so many times as long: other tests run beside these."""


@pytest.fixture(autouse=True)
def slack() -> Iterator[None]:
    give_slack(BUSY)
    yield
    give_slack(1.0)
