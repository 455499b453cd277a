"""The operations of the Zapier app: each trigger, search, action and dropdown of the catalog."""

from collections.abc import Mapping
from typing import Any

from integration.kernel import outputs
from integration.kernel.call_options import Handling
from integration.kernel.catalog import Catalog
from integration.kernel.fields import Inputs, described
from integration.kernel.specs import Action, Options, Search, Trigger
from platforms import _zapier_code as code
from platforms import _zapier_fields as fields

Json = dict[str, Any]
ONCE = "idempotency_key"
"""Zapier gives a step no id of its run, so the user may give one."""
POLLED, LONGEST_LABEL = " (Polling)", 64
MAKING = ("add", "create")
"""The verbs of actions that create what a search of the same noun looks for."""


def triggers(catalog: Catalog) -> Json:
    """Each trigger twice, by hook and by poll, and the hidden ones that fill dropdowns."""
    found: Json = {}
    for spec in catalog.triggers.values():
        found[spec.key] = _hook(spec)
        found[f"{spec.key}_polling"] = _polling(spec)
    for options in catalog.options.values():
        found[fields.dropdown(options.key)] = _dropdown(options)
    return found


def _hook(spec: Trigger) -> Json:
    names = _names(spec.inputs)
    operation = {
        "type": "hook",
        "performSubscribe": code.subscribe(spec.key, names),
        "performUnsubscribe": code.function(code.body("unsubscribe")),
        "perform": code.function(code.body("taken")),
        "performList": code.poll(spec.key, names, limit=code.NEWEST, single=spec.single),
    }
    return _entry(spec.key, spec.noun, spec.label, spec.description, operation | _form(spec))


def _polling(spec: Trigger) -> Json:
    perform = code.poll(spec.key, _names(spec.inputs), limit=code.MOST, single=spec.single)
    operation = {"type": "polling", "perform": perform} | _form(spec)
    label = spec.label[: LONGEST_LABEL - len(POLLED)].rstrip() + POLLED
    said = f"{spec.description} Zapier asks every few minutes."
    return _entry(f"{spec.key}_polling", spec.noun, label, said, operation)


def _dropdown(spec: Options) -> Json:
    # The chosen connection must not narrow the list of connections.
    perform = code.dropdown(spec.key, narrowed=spec.needs is not None)
    operation: Json = {"type": "polling", "canPaginate": True, "perform": perform}
    said = f"Triggers when a dropdown needs its rows. {spec.description}"
    entry = _entry(fields.dropdown(spec.key), spec.label, spec.label, said, operation)
    entry["display"]["hidden"] = True
    return entry


def searches(catalog: Catalog) -> Json:
    return {spec.key: _search(spec) for spec in catalog.searches.values()}


def _search(spec: Search) -> Json:
    operation = {"perform": code.search(spec.key, _names(spec.inputs))} | _form(spec)
    return _entry(spec.key, spec.noun, spec.label, spec.description, operation)


def creates(catalog: Catalog) -> Json:
    by_action = {action: search for search, action in pairs(catalog).items()}
    return {
        spec.key: _create(spec, catalog.searches.get(by_action.get(spec.key, "")))
        for spec in catalog.actions.values()
    }


def _create(spec: Action, search: Search | None) -> Json:
    names = _names(spec.inputs)
    found = (
        code.found(search.key, [each for each in names if each in _names(search.inputs)])
        if search
        else ""
    )
    once = [field for field in described(Handling) if field["key"] == ONCE]
    operation = {
        "perform": code.create(spec.key, [*names, ONCE], found),
        "inputFields": fields.inputs(spec.inputs, *once),
        "outputFields": fields.shown(spec),
        "sample": outputs.job_sample(spec),
    }
    return _entry(spec.key, spec.noun, spec.label, spec.description, operation)


def pairs(catalog: Catalog) -> Mapping[str, str]:
    """The action that creates what a search did not find, by the search. Our own register has none:
    who looks whether somebody has opted out does not ask for an opt-out."""
    return {
        search.key: action.key
        for search in catalog.searches.values()
        for action in catalog.actions.values()
        if action.noun == search.noun and action.key.split("_")[0] in MAKING and action.needs
    }


def searches_or_creates(catalog: Catalog) -> Json:
    return {
        search: _either(catalog.searches[search], catalog.actions[action])
        for search, action in pairs(catalog).items()
    }


def _either(search: Search, action: Action) -> Json:
    otherwise = action.description[0].lower() + action.description[1:]
    said = f"{search.description.removesuffix('.')}; otherwise {otherwise}"
    display = {"label": f"Find or Create {search.noun}", "description": said}
    return {"key": search.key, "display": display, "search": search.key, "create": action.key}


def _entry(key: str, noun: str, label: str, said: str, operation: Json) -> Json:
    display = {"label": label, "description": fields.text(said)}
    return {"key": key, "noun": noun, "display": display, "operation": operation}


def _form(spec: Trigger | Search) -> Json:
    return {
        "inputFields": fields.inputs(spec.inputs),
        "outputFields": fields.shown(spec),
        "sample": dict(spec.sample),
    }


def _names(schema: type[Inputs]) -> list[str]:
    return list(schema().fields)
