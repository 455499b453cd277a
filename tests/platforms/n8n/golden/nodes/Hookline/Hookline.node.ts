import {
	NodeApiError,
	NodeConnectionTypes,
	type IDataObject,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
	type JsonObject,
} from 'n8n-workflow';
import { filled } from './form';
import { loadOptions } from './loadOptions';
import { OPERATIONS, properties, WAIT_SECONDS, type Operation } from './operations';
import { ask, rows } from './service';

export class Hookline implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Hookline',
		name: 'hookline',
		icon: { light: 'file:../../icons/hookline.svg', dark: 'file:../../icons/hookline.dark.svg' },
		group: ['output'],
		version: 1,
		subtitle: '={{$parameter["operation"]}}',
		description: 'Send text messages and look things up through your own phones and gateways',
		defaults: { name: 'Hookline' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'hooklineApi', required: true }],
		properties,
	};

	methods = { loadOptions };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const results: INodeExecutionData[] = [];
		for (let item = 0; item < this.getInputData().length; item++) {
			try {
				for (const json of await run.call(this, item)) {
					results.push({ json, pairedItem: { item } });
				}
			} catch (error) {
				if (this.continueOnFail()) {
					results.push({ json: { error: error.message }, pairedItem: { item } });
					continue;
				}
				throw new NodeApiError(this.getNode(), error as JsonObject, { itemIndex: item });
			}
		}
		return [results];
	}
}

async function run(this: IExecuteFunctions, item: number): Promise<IDataObject[]> {
	const operation = OPERATIONS[this.getNodeParameter('operation', item) as string];
	const values = given.call(this, operation, item);
	const { method, path } = operation;
	if (method === 'GET') return rows(await ask.call(this, { method, path, qs: values }, item));
	const headers = { 'Idempotency-Key': onceOnly.call(this, item, values) };
	const body = { wait: WAIT_SECONDS, ...values };
	return rows(await ask.call(this, { method, path, body, headers }, item));
}

function given(this: IExecuteFunctions, operation: Operation, item: number): IDataObject {
	const added = this.getNodeParameter('additionalFields', item, {});
	const read = (name: string) => this.getNodeParameter(name, item);
	return filled(operation, read, added, this.getTimezone());
}

/** Names this item of this run, so that "Retry On Fail" can never text somebody twice. */
function onceOnly(this: IExecuteFunctions, item: number, values: IDataObject): string {
	const node = this.getNode();
	const place = [this.getInstanceId(), this.getWorkflow().id, node.id, this.getExecutionId()];
	// Each try of an agent's call is a run of its own to n8n, and two calls may share one.
	if (node.type.endsWith('Tool')) return [...place, 'tool', checksum(values)].join('-');
	const run = this.getWorkflowDataProxy(item).$runIndex as number;
	return [...place, run, item].join('-');
}

/** The server refuses another call under the same checksum: it compares what they ask for. */
function checksum(values: IDataObject): string {
	let [low, high] = [0x811c9dc5, 0x01000193];
	for (const letter of JSON.stringify(values)) {
		low = Math.imul(low ^ letter.codePointAt(0)!, 0x01000193);
		high = Math.imul(high ^ low, 0x85ebca6b);
	}
	return [low, high].map((half) => (half >>> 0).toString(16)).join('');
}
