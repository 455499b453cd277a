"""The running service answers as the document says, whatever Schemathesis thinks of."""

from __future__ import annotations

import pytest

from tests.openapi.fuzzing import fuzz, service

BRIEF = {
    "coverage": {"enabled": False},
    "stateful": {"generation": {"max-examples": 3}, "max-steps": 5},
}


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_no_answer_breaks_the_document(tmp_path_factory: pytest.TempPathFactory) -> None:
    with service(tmp_path_factory.mktemp("stack")) as stack:
        found = fuzz(stack, examples=2, seed=1, phases=BRIEF)
    assert not [*found.failures, *found.errors], str(found)
    assert found.cases > 200
    assert {200, 202, 422} <= set(found.statuses), str(found)
