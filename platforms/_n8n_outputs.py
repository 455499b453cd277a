"""The output of each operation as JSON schema, from which n8n's editor offers its fields."""

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
        found = {each.key: _shape(each) for each in outputs.of_spec(spec)}
        shown = {"type": "object", "properties": found, "version": 1}
        yield f"{PLACE}/{resource(spec)}/{dashed(spec.key)}.json", written(shown)


def _shape(output: Output) -> dict[str, Any]:
    shape: dict[str, Any] = {"type": KINDS.get(output.kind, output.kind)}
    inner = {each.key: {"type": KINDS.get(each.kind, each.kind)} for each in output.members}
    if output.kind == "object":
        return shape | {"properties": inner}
    return shape | ({"items": {"type": "object", "properties": inner}} if inner else {})
