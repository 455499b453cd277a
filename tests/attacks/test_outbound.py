"""The outbound half of the security figures, each in its short form."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType

import pytest

from attacks import (
    outbound_injection,
    outbound_rebinding,
    outbound_receivers,
    outbound_redirects,
    outbound_room,
    outbound_rotation,
    outbound_ssrf,
    signatures,
)
from tests.flows.stack import Stack

LACKING = outbound_room.lacking()
IN_A_ROOM = [
    outbound_ssrf,
    outbound_rebinding,
    outbound_redirects,
    outbound_receivers,
    outbound_injection,
    outbound_rotation,
]

pytestmark = pytest.mark.proof


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    running = Stack(tmp_path_factory.mktemp("attacked"), ALLOW_PRIVATE_TARGETS="0")
    yield running
    running.stop()


@pytest.mark.timeout(900)
@pytest.mark.skipif(bool(LACKING), reason=f"no room for this attack: {LACKING}")
@pytest.mark.parametrize("figure", IN_A_ROOM, ids=lambda module: module.FIGURE)
def test_an_attack_from_outside_changes_nothing(figure: ModuleType) -> None:
    outcome = figure.run(None, short=True, seed=1)
    assert outcome.passed, outcome.line


def test_no_forged_signature_is_taken(stack: Stack) -> None:
    outcome = signatures.run(stack, short=True, seed=1)
    assert outcome.passed, outcome.line
