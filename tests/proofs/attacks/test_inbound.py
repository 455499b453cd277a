"""The figures of what comes at us, in their short version."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType

import pytest

from proofs.attacks import (
    inbound_canaries,
    inbound_gadgets,
    inbound_hook_bombs,
    inbound_odd_requests,
    inbound_quota,
    inbound_slow_clients,
    inbound_tenants,
    inbound_timing,
)
from proofs.rig.stack import Stack

SEED = 20261122
QUICK = [
    inbound_odd_requests,
    inbound_slow_clients,
    inbound_tenants,
    inbound_hook_bombs,
    inbound_quota,
    inbound_canaries,
    inbound_gadgets,
]


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    running = Stack(tmp_path_factory.mktemp("attacked"))
    yield running
    running.stop()


@pytest.mark.slow
@pytest.mark.timeout(400)
@pytest.mark.parametrize("figure", QUICK, ids=lambda figure: figure.FIGURE)
def test_the_figure_holds_in_small(stack: Stack, figure: ModuleType) -> None:
    outcome = figure.run(stack, short=True, seed=SEED)
    assert outcome.passed, outcome.line
    assert outcome.line.startswith(outcome.figure)


@pytest.mark.proof
def test_how_long_a_refusal_takes_tells_nothing(stack: Stack) -> None:
    """Not beside other tests: it compares times of a few microseconds."""
    outcome = inbound_timing.run(stack, short=True, seed=SEED)
    assert outcome.passed, outcome.line
