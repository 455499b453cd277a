"""docs/data-model.md is what the list of keys says."""

from __future__ import annotations

from tests.docs import data_model


def test_the_page_on_the_data_is_current() -> None:
    assert data_model.PAGE.read_text(encoding="utf-8") == data_model.page(), "make data-model"


def test_the_page_names_the_life_time_of_a_job_and_who_reads_it() -> None:
    [row] = [line for line in data_model.page().splitlines() if line.startswith("| `hl:job:<job>`")]
    assert "three days at least, after it ends; no TTL while it has not ended" in row
