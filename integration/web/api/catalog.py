"""The catalog over HTTP: everything that platforms can be built from."""

from typing import Any

from flask import Blueprint

from integration.kernel import outputs
from integration.kernel.catalog import Catalog, dashed
from integration.kernel.fields import described
from integration.kernel.specs import Action, Provider, Search, Trigger
from integration.web.core.answers import Reply, as_json
from integration.web.core.current import services

routes = Blueprint("catalog", __name__, url_prefix="/v1")


@routes.get("/catalog")
def catalog() -> Reply:
    return as_json(shown(services().catalog))


def shown(found: Catalog) -> dict[str, Any]:
    """The catalog as JSON, in the order of its keys."""
    return {
        "triggers": [_words(each) | {"single": each.single} for each in found.triggers.values()],
        "actions": [
            _words(each)
            | {"needs": each.needs and each.needs.name, "safe_to_repeat": each.repeatable}
            for each in found.actions.values()
        ],
        "searches": [
            _words(each) | {"needs": each.needs and each.needs.name}
            for each in found.searches.values()
        ],
        "options": [
            {"key": dashed(each.key), "label": each.label, "description": each.description}
            for each in found.options.values()
        ],
        "providers": [_provider(each) for each in found.providers.values()],
    }


def _words(spec: Trigger | Action | Search) -> dict[str, Any]:
    return {
        "key": dashed(spec.key),
        "noun": spec.noun,
        "label": spec.label,
        "description": spec.description,
        "fields": described(spec.inputs),
        "outputs": [
            {"key": each.key, "label": each.label, "type": each.kind, "sample": each.sample}
            for each in outputs.of_spec(spec)
        ],
        "sample": dict(spec.sample),
    }


def _provider(kind: type[Provider]) -> dict[str, Any]:
    return {
        "key": dashed(kind.key),
        "label": kind.label,
        "help": kind.help,
        "capabilities": kind.capabilities(),
        "fields": described(kind.settings),
    }
