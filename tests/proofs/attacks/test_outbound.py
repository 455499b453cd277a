"""The outbound half of the security figures, each in its short form."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType

import pytest

from proofs.attacks import (
    outbound_injection,
    outbound_rebinding,
    outbound_receivers,
    outbound_redirects,
    outbound_room,
    outbound_rotation,
    outbound_ssrf,
    signatures,
)
from proofs.rig.stack import Stack

LACKING = outbound_room.lacking()
QUICK = [outbound_redirects, outbound_rotation]
LONG = [outbound_ssrf, outbound_rebinding, outbound_receivers, outbound_injection]
"""Half a minute to two minutes each: `make attacks-short` runs them."""


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    running = Stack(tmp_path_factory.mktemp("attacked"), ALLOW_PRIVATE_TARGETS="0")
    yield running
    running.stop()


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.skipif(bool(LACKING), reason=f"no room for this attack: {LACKING}")
@pytest.mark.parametrize(
    "figure",
    [*QUICK, *(pytest.param(each, marks=pytest.mark.proof) for each in LONG)],
    ids=lambda module: module.FIGURE,
)
def test_an_attack_from_outside_changes_nothing(figure: ModuleType) -> None:
    outcome = figure.run(None, short=True, seed=1)
    assert outcome.passed, outcome.line


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_no_forged_signature_is_taken(stack: Stack) -> None:
    outcome = signatures.run(stack, short=True, seed=1)
    assert outcome.passed, outcome.line
