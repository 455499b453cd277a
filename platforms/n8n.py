"""n8n: a package of community nodes, one that acts and two that start workflows."""

from collections.abc import Mapping

from integration.kernel.catalog import Catalog
from integration.kernel.specs import Platform
from platforms import _n8n_events, _n8n_operations, _n8n_outputs
from platforms._shared_files import fixed


def compile(catalog: Catalog, base_url: str) -> Mapping[str, str]:
    return {
        **fixed("n8n", base_url),
        **dict(_n8n_outputs.schemas(catalog)),
        "nodes/Hookline/events.ts": _n8n_events.source(catalog),
        "nodes/Hookline/loadOptions.ts": _n8n_events.loading(catalog),
        "nodes/Hookline/operations.ts": _n8n_operations.source(catalog),
    }


PLATFORM = Platform(
    key="n8n",
    label="n8n",
    description="A package of nodes: an instant and a polling trigger, and every action.",
    compile=compile,
)
