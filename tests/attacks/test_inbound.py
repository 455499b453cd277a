"""The figures of what comes at us, in their short version."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from attacks import (
    inbound_canaries,
    inbound_gadgets,
    inbound_hook_bombs,
    inbound_odd_requests,
    inbound_quota,
    inbound_slow_clients,
    inbound_tenants,
    inbound_timing,
)
from tests.flows.stack import Stack

SEED = 20261122


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    running = Stack(tmp_path_factory.mktemp("attacked"))
    yield running
    running.stop()


@pytest.mark.proof
@pytest.mark.parametrize(
    "figure",
    [
        inbound_odd_requests,
        inbound_slow_clients,
        inbound_timing,
        inbound_tenants,
        inbound_hook_bombs,
        inbound_quota,
        inbound_canaries,
        inbound_gadgets,
    ],
    ids=lambda figure: figure.FIGURE,
)
def test_the_figure_holds_in_small(stack: Stack, figure: object) -> None:
    outcome = figure.run(stack, short=True, seed=SEED)  # type: ignore[attr-defined]  # a module
    assert outcome.passed, outcome.line
    assert outcome.line.startswith(outcome.figure)
