"""Make: the catalog as a custom app, a folder that Make's editor deploys."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from integration.kernel.catalog import Catalog
from integration.kernel.specs import Action, Platform, Search, Trigger
from platforms import _make_modules, _make_service
from platforms._make_component import Component, written
from platforms._make_words import plural, shown
from platforms._shared_files import fixed
from platforms._shared_words import sentence

Spec = Trigger | Action | Search
KINDS = ("connection", "webhook", "module", "rpc", "function", "endpoint")
BASE, GROUPS, README = "general/base.iml.json", "modules/groups.json", "README.md"
FIXED_CONNECTION, ANY_CALL = "connection.json", "any_call.json"
"""The module "Make an API call", which Make's reviewers require of every app. Its path stays below
the server's address; otherwise a step could send the key elsewhere."""


def compile(catalog: Catalog, base_url: str) -> Mapping[str, str]:
    """Returns the folder's files; the connection form proposes `base_url` as server URL."""
    groups, kept = dict(_groups(catalog)), fixed("make", base_url)
    service = [
        _make_service.connection(kept.pop(FIXED_CONNECTION)),
        *map(_make_service.webhook, catalog.triggers.values()),
        *map(_make_service.options, catalog.options.values()),
    ]
    components = [*service, *(each for made in groups.values() for each in made)]
    any_call = Component(**json.loads(kept.pop(ANY_CALL)))
    components.append(any_call)
    files = {path: text for each in components for path, text in each.files().items()}
    return {
        "makecomapp.json": written(_manifest(components)),
        BASE: written(_make_service.base()),
        GROUPS: written([*_shown(groups), {"label": "Other", "modules": [any_call.id]}]),
        **kept,
        **files,
    }


def _groups(catalog: Catalog) -> Iterator[tuple[str, list[Component]]]:
    """The modules by subject, as Make's list of them shows."""
    made: list[tuple[Spec, list[Component]]] = [
        *((each, list(_make_modules.triggers(each))) for each in catalog.triggers.values()),
        *((each, [_make_modules.action(each)]) for each in catalog.actions.values()),
        *((each, [_make_modules.search(each)]) for each in catalog.searches.values()),
    ]
    for noun in dict.fromkeys(spec.noun for spec, _ in made):
        about = [each for spec, some in made if spec.noun == noun for each in some]
        yield sentence(plural(noun)), about


def _shown(groups: Mapping[str, Sequence[Component]]) -> list[dict[str, Any]]:
    return [
        {"label": shown(label), "modules": [each.id for each in some]}
        for label, some in groups.items()
    ]


def _manifest(components: Sequence[Component]) -> dict[str, Any]:
    """Without an origin: Make's editor asks at the first deployment whose app it becomes."""
    return {
        "fileVersion": 1,
        "generalCodeFiles": {"base": BASE, "common": None, "readme": README, "groups": GROUPS},
        "components": {
            kind: {each.id: each.entry() for each in components if each.kind == kind}
            for kind in KINDS
        },
        "origins": [],
    }


PLATFORM = Platform(
    key="make",
    label="Make",
    description="Builds a custom app for Make that its editor deploys.",
    compile=compile,
)
