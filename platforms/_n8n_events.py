"""Triggers as the events of n8n's trigger nodes, and dropdowns as the methods that load them."""

from collections.abc import Iterator, Sequence

from integration.kernel.catalog import Catalog, dashed
from integration.kernel.specs import Trigger
from platforms import _n8n_fields as fields
from platforms._n8n_fields import Parameter, in_order, method_name, sentence
from platforms._n8n_typescript import constant, literal, module

INTERFACE = """\
export interface Event extends Form {
	single: boolean;
}
"""
LOADING = """\
const PAGE = 100;

/** Every page of a dropdown, of the chosen connection: n8n searches in what it has loaded. */
function all(options: string, follows: boolean) {
	return async function (this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
		const path = `/v1/options/${options}`;
		const chosen = (name: string) =>
			this.getCurrentNodeParameter(`${name}.connection`) as string | undefined;
		const connection = chosen('additionalFields') || chosen('filters') || '';
		const found: IDataObject[] = [];
		let batch: IDataObject[];
		let page = 0;
		do {
			const qs = { page: page++, connection: follows ? connection : '' };
			batch = rows(await ask.call(this, { method: 'GET', path, qs }));
			found.push(...batch);
		} while (batch.length === PAGE);
		return found.map((row) => ({ name: row.label as string, value: row.id as string }));
	};
}
"""
LOADING_IMPORTS = (
    "import type { IDataObject, ILoadOptionsFunctions, INodePropertyOptions } from 'n8n-workflow';",
    "import { ask, rows } from './service';",
)


def source(catalog: Catalog) -> str:
    triggers = list(catalog.triggers.values())
    events = {
        dashed(each.key): {"single": each.single, **fields.form(each.inputs)} for each in triggers
    }
    return module(
        INTERFACE,
        constant("EVENTS", "Record<string, Event>", events),
        constant("properties", "INodeProperties[]", _properties(triggers)),
        imports=fields.IMPORTS,
    )


def loading(catalog: Catalog) -> str:
    """Each dropdown's method by its name."""
    rows = [
        f"\t{method_name(key)}: all('{dashed(key)}', {literal(spec.needs is not None)}),\n"
        for key, spec in catalog.options.items()
    ]
    methods = "export const loadOptions = {\n" + "".join(rows) + "};\n"
    return module(LOADING, methods, imports=LOADING_IMPORTS)


def _properties(triggers: Sequence[Trigger]) -> list[Parameter]:
    rows = in_order(_event(trigger) for trigger in triggers)
    event: Parameter = {
        "displayName": "Event",
        "name": "event",
        "type": "options",
        "noDataExpression": True,
        "options": rows,
        "default": dashed(fields.richest(triggers).key),
        "required": True,
    }
    return [event, *(parameter for trigger in triggers for parameter in _filters(trigger))]


def _event(trigger: Trigger) -> Parameter:
    return {
        "name": trigger.label,
        "value": dashed(trigger.key),
        "description": sentence(trigger.description),
    }


def _filters(trigger: Trigger) -> Iterator[Parameter]:
    shown = {"event": [dashed(trigger.key)]}
    yield from fields.required(trigger.inputs, shown)
    more = fields.optional(trigger.inputs)
    if more:
        yield fields.collection("filters", "Filters", more, shown)
