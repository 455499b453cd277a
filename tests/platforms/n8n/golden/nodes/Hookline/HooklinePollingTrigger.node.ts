import {
	NodeConnectionTypes,
	type IDataObject,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
	type IPollFunctions,
} from 'n8n-workflow';
import { EVENTS, properties } from './events';
import { filled } from './form';
import { loadOptions } from './loadOptions';
import { ask, rows } from './service';

const PAGE = 100;

export class HooklinePollingTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Hookline Polling Trigger',
		name: 'hooklinePollingTrigger',
		icon: { light: 'file:../../icons/hookline.svg', dark: 'file:../../icons/hookline.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle: '={{$parameter["event"]}}',
		description: 'Asks for news from time to time, for an n8n that Hookline cannot reach',
		defaults: { name: 'Hookline Polling Trigger' },
		polling: true,
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'hooklineApi', required: true }],
		properties,
	};

	methods = { loadOptions };

	async poll(this: IPollFunctions): Promise<INodeExecutionData[][] | null> {
		const event = this.getNodeParameter('event') as string;
		const filters = chosen.call(this, event);
		const found = await news.call(this, event, filters);
		return found.length ? [this.helpers.returnJsonArray(found)] : null;
	}
}

function chosen(this: IPollFunctions, event: string): IDataObject {
	const read = (name: string) => this.getNodeParameter(name);
	return filled(EVENTS[event], read, this.getNodeParameter('filters', {}), this.getTimezone());
}

async function news(this: IPollFunctions, event: string, qs: IDataObject): Promise<IDataObject[]> {
	const path = `/v1/triggers/${event}`;
	if (this.getMode() === 'manual') {
		return rows(await ask.call(this, { method: 'GET', path: `${path}/sample` }));
	}
	// By event: the place reached in one says nothing about another chosen later.
	const places = this.getWorkflowStaticData('node');
	const reached = places[event] as string | undefined;
	const more = EVENTS[event].single ? newest : since;
	const { found, place } = await more.call(this, path, qs, reached);
	places[event] = place;
	// What was there before the workflow was activated is not news.
	return reached === undefined ? [] : found;
}

interface News {
	found: IDataObject[];
	place: string;
}

/** All that came after the cursor, the oldest first. */
async function since(
	this: IPollFunctions,
	path: string,
	filters: IDataObject,
	cursor?: string,
): Promise<News> {
	const found: IDataObject[] = [];
	let place = cursor;
	let batch: IDataObject[];
	do {
		const qs = { ...filters, limit: PAGE, cursor: place };
		const answer = await ask.call(this, { method: 'GET', path, qs });
		batch = rows(answer);
		found.push(...batch);
		place = answer.headers['x-next-cursor'] as string;
	} while (cursor !== undefined && batch.length === PAGE);
	return { found, place };
}

/** The newest object, where it differs from the last one. */
async function newest(
	this: IPollFunctions,
	path: string,
	qs: IDataObject,
	last?: string,
): Promise<News> {
	const [object] = rows(await ask.call(this, { method: 'GET', path, qs }));
	const id = (object.id as string | undefined) ?? last ?? '';
	return { found: id === last || !object.id ? [] : [object], place: id };
}
