"""Discovery: a file more is an extension more, and a malformed one stops the start by name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from integration import discovery
from integration.kernel.catalog import Catalog
from integration.kernel.catalog_rules import is_sentence, is_title_case
from integration.kernel.errors import CatalogError
from tests.contract.extension_sources import FAULTS, PROVIDER, SOURCES, TRIGGER


def load(root: Path, folder: str, source: str, name: str = "new_thing") -> Catalog:
    (root / folder).mkdir(exist_ok=True)
    (root / folder / f"{name}.py").write_text(source, encoding="utf-8")
    return discovery.load(beside=[root])


@pytest.mark.parametrize("folder", SOURCES)
def test_a_new_file_is_a_new_extension_without_another_edit(folder: str, tmp_path: Path) -> None:
    before, after = discovery.load(), load(tmp_path, folder, SOURCES[folder])
    assert "new_thing" not in getattr(before, folder)
    assert set(getattr(after, folder)) == {*getattr(before, folder), "new_thing"}


def test_a_folder_with_its_own_parts_may_be_an_extension(tmp_path: Path) -> None:
    (tmp_path / "providers" / "new_thing").mkdir(parents=True)
    (tmp_path / "providers" / "new_thing" / "__init__.py").write_text(PROVIDER, encoding="utf-8")
    assert "new_thing" in discovery.load(beside=[tmp_path]).providers


def test_a_name_with_an_underscore_first_is_a_shared_part(tmp_path: Path) -> None:
    after = load(tmp_path, "triggers", "raise RuntimeError('loaded')", name="_shared")
    assert after.triggers == discovery.load().triggers


def test_nothing_can_be_added_to_a_catalog() -> None:
    catalog: Any = discovery.load()
    for table in ("triggers", "actions", "searches", "options", "providers", "platforms"):
        with pytest.raises(TypeError):
            getattr(catalog, table)["new"] = None
    with pytest.raises(AttributeError):
        catalog.triggers = {}


@pytest.mark.parametrize(
    ("folder", "right", "wrong", "mend"), FAULTS, ids=[fault[3][-40:] for fault in FAULTS]
)
def test_a_malformed_extension_stops_the_start_with_file_and_mend(
    folder: str, right: str, wrong: str, mend: str, tmp_path: Path
) -> None:
    source = SOURCES[folder]
    assert source.count(right) == 1
    with pytest.raises(CatalogError) as refused:
        load(tmp_path, folder, source.replace(right, wrong))
    assert refused.value.message.startswith(f"{folder}/new_thing.py")
    assert mend in refused.value.message
    assert refused.value.message.endswith(".")


def test_a_file_whose_name_is_no_key_must_be_renamed(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match="a file's name is its key; rename it"):
        load(tmp_path, "triggers", SOURCES["triggers"], "new-thing")


def test_a_name_that_is_taken_is_refused(tmp_path: Path) -> None:
    source = TRIGGER.replace("new_thing", "inbound_sms")
    with pytest.raises(CatalogError, match=r"triggers/inbound_sms\.py: .* rename this file\."):
        load(tmp_path, "triggers", source, name="inbound_sms")


@pytest.mark.parametrize("label", ["Send SMS", "New Inbound SMS", "Time of Day", "Opt-Out", "Q&A"])
def test_title_case_is_known(label: str) -> None:
    assert is_title_case(label)


@pytest.mark.parametrize(
    "label",
    ["send SMS", "Send sms", "NEW MESSAGE", "New  SMS", " New", "New SMS.", "", "Go to"],
)
def test_what_is_not_title_case_is_known_too(label: str) -> None:
    assert not is_title_case(label)


@pytest.mark.parametrize("text", ["Sends a text.", "Up to 1600; more is cut."])
def test_sentences_are_known(text: str) -> None:
    assert is_sentence(text)


@pytest.mark.parametrize("text", ["", "Sends a text", "sends a text.", "Sends a text. ", "."])
def test_what_is_no_sentence_is_known_too(text: str) -> None:
    assert not is_sentence(text)
