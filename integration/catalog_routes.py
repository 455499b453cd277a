"""The catalog over HTTP: everything that platforms can be built from."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from integration.kernel.catalog import Catalog, dashed
from integration.kernel.fields import described
from integration.web.answers import as_json
from integration.web.current import services

routes = Blueprint("catalog", __name__, url_prefix="/v1")


@routes.get("/catalog")
def catalog() -> Response:
    return as_json(shown(services().catalog))


def shown(found: Catalog) -> dict[str, Any]:
    return {
        "triggers": [
            {
                **_words(each),
                "fields": described(each.inputs),
                "sample": dict(each.sample),
                "single": each.single,
            }
            for each in found.triggers.values()
        ],
        "actions": [
            {
                **_words(each),
                "fields": described(each.inputs),
                "sample": dict(each.sample),
                "needs": each.needs.name,
                "safe_to_repeat": each.repeatable,
            }
            for each in found.actions.values()
        ],
        "searches": [
            {
                **_words(each),
                "fields": described(each.inputs),
                "sample": dict(each.sample),
                "needs": each.needs.name,
            }
            for each in found.searches.values()
        ],
        "options": [
            {"key": dashed(each.key), "label": each.label, "description": each.description}
            for each in found.options.values()
        ],
        "providers": [
            {
                "key": dashed(each.key),
                "label": each.label,
                "help": each.help,
                "capabilities": each.capabilities(),
                "fields": described(each.settings),
            }
            for each in found.providers.values()
        ],
    }


def _words(spec: Any) -> dict[str, str]:
    return {
        "key": dashed(spec.key),
        "noun": spec.noun,
        "label": spec.label,
        "description": spec.description,
    }
