"""The files of the app: kept as they are, and complete for every extension."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from integration import discovery
from integration.kernel.catalog import Catalog
from tests.contract.extension_sources import ACTION, TRIGGER
from tests.platforms import golden
from tests.platforms.zapier.zap import Runtime

SEARCH = '''
"""A search for what the action beside it makes."""
from integration.kernel.capabilities import SendsSms
from integration.kernel.fields import Inputs, Word
from integration.kernel.specs import Search

class Wanted(Inputs):
    word = Word(label="Word", help="A word in its name.", sample="hello", options="things")

SEARCH = Search(
    key="find_thing",
    noun="Thing",
    label="Find Thing",
    description="Finds a thing.",
    inputs=Wanted,
    needs=SendsSms,
    run=lambda provider, values: [],
    sample={"id": "1", "size": 3, "ready": True, "seen_at": "2026-01-31T09:00:00Z"},
)
'''
OPTIONS = '''
"""A dropdown."""
from integration.kernel.specs import Options

OPTIONS = Options(
    key="things",
    label="Things",
    description="Lists things.",
    list=lambda linked: [],
)
'''


def compiled(catalog: Catalog) -> dict[str, Any]:
    files = catalog.platform("zapier").compile(catalog, golden.BASE_URL)
    found: dict[str, Any] = json.loads(files["app.json"])
    return found


def test_extensions_put_beside_ours_are_in_the_app(tmp_path: Path) -> None:
    sources = {
        "triggers/new_thing.py": TRIGGER,
        "actions/create_thing.py": ACTION.replace("new_thing", "create_thing"),
        "actions/find_thing.py": SEARCH,
        "options/things.py": OPTIONS,
    }
    for path, source in sources.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(source)
    before, app = compiled(discovery.load()), compiled(discovery.load(beside=[tmp_path]))
    added = {kind: app[kind].keys() - before[kind].keys() for kind in before if "s" in kind[-1]}
    assert added["triggers"] == {"new_thing", "new_thing_polling", "things_list"}
    assert (added["creates"], added["searches"]) == ({"create_thing"}, {"find_thing"})
    assert app["searchOrCreates"]["find_thing"]["create"] == "create_thing"
    [word] = app["searches"]["find_thing"]["operation"]["inputFields"]
    assert word["dynamic"] == "things_list.id.label"
    told = app["searches"]["find_thing"]["operation"]["outputFields"]
    assert [field.get("type") for field in told] == ["string", "integer", "boolean", "datetime"]
    assert_accepted(app, tmp_path / "app")


def assert_accepted(app: dict[str, Any], folder: Path) -> None:
    """Zapier's schema finds no error in the app with the additions."""
    folder.mkdir()
    files = golden.compiled("zapier") | {"app.json": json.dumps(app)}
    runtime = Runtime(folder, files)
    try:
        assert runtime.ask(command="schema") == {"results": []}
    finally:
        runtime.close()
