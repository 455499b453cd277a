"""The output of each operation as JSON schema, from which n8n's editor offers its fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from integration.kernel import outputs
from integration.kernel.catalog import Catalog, dashed
from integration.kernel.outputs import Output
from platforms._n8n_operations import every, resource
from platforms._shared_files import written

KINDS: Mapping[str, str] = {"text": "string", "datetime": "string", "list": "array"}
PLACE = "nodes/Hookline/__schema__/v1.0.0"


def schemas(catalog: Catalog) -> Iterator[tuple[str, str]]:
    """Paths and contents."""
    for spec in every(catalog):
        shown = {"type": "object", "properties": _properties(outputs.of_spec(spec)), "version": 1}
        yield f"{PLACE}/{resource(spec)}/{dashed(spec.key)}.json", written(shown)


def _properties(found: Any) -> dict[str, Any]:
    return {each.key: _shape(each) for each in found}


def _shape(output: Output) -> dict[str, Any]:
    if isinstance(output.sample, Mapping):
        inner = {key: {"type": _kind(value)} for key, value in output.sample.items()}
        return {"type": "object", "properties": inner}
    shape: dict[str, Any] = {"type": KINDS.get(output.kind, output.kind)}
    if output.kind == "list" and output.sample and isinstance(output.sample[0], Mapping):
        inner = {key: {"type": _kind(value)} for key, value in output.sample[0].items()}
        shape["items"] = {"type": "object", "properties": inner}
    return shape


def _kind(value: Any) -> str:
    found = outputs.KINDS.get(type(value), "text")
    return KINDS.get(found, found)
