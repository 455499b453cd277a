import {
	NodeConnectionTypes,
	type IDataObject,
	type IHookFunctions,
	type INodeType,
	type INodeTypeDescription,
	type IWebhookFunctions,
	type IWebhookResponseData,
} from 'n8n-workflow';
import { EVENTS, properties } from './events';
import { filled } from './form';
import { loadOptions } from './loadOptions';
import { ask } from './service';

const LONGEST_NOTE = 200;

export class HooklineTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Hookline Trigger',
		name: 'hooklineTrigger',
		icon: { light: 'file:../../icons/hookline.svg', dark: 'file:../../icons/hookline.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle: '={{$parameter["event"]}}',
		description: 'Starts the workflow at once when a message arrives or something else happens',
		defaults: { name: 'Hookline Trigger' },
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'hooklineApi', required: true }],
		webhooks: [
			{ name: 'default', httpMethod: 'POST', responseMode: 'onReceived', path: 'webhook' },
		],
		properties,
	};

	methods = { loadOptions };

	webhookMethods = {
		default: {
			/** Never said: `create` finds the subscription that exists, and knows the filters too. */
			async checkExists(this: IHookFunctions): Promise<boolean> {
				return false;
			},

			async create(this: IHookFunctions): Promise<boolean> {
				const target_url = this.getNodeWebhookUrl('default') as string;
				const trigger = this.getNodeParameter('event') as string;
				const filters = chosen.call(this, trigger);
				const description = `${this.getWorkflow().name ?? 'n8n'}`.slice(0, LONGEST_NOTE);
				const body = { target_url, trigger, filters, description, platform: 'n8n' };
				const made = await ask.call(this, { method: 'POST', path: '/v1/hooks', body });
				await settle.call(this, target_url, made.body as IDataObject);
				return true;
			},

			/** By address, since the address outlives whatever n8n may have forgotten. */
			async delete(this: IHookFunctions): Promise<boolean> {
				const qs = { target_url: this.getNodeWebhookUrl('default') };
				await ask.call(this, { method: 'DELETE', path: '/v1/hooks', qs });
				return true;
			},
		},
	};

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		return { workflowData: [this.helpers.returnJsonArray(this.getBodyData())] };
	}
}

function chosen(this: IHookFunctions, event: string): IDataObject {
	const read = (name: string) => this.getNodeParameter(name);
	return filled(EVENTS[event], read, this.getNodeParameter('filters', {}), this.getTimezone());
}

/** Leaves `hook` as the only one that this node's address has, and running. */
async function settle(this: IHookFunctions, target_url: string, hook: IDataObject): Promise<void> {
	const { body } = await ask.call(this, { method: 'GET', path: '/v1/hooks', qs: { target_url } });
	const others = (body as { data: IDataObject[] }).data.filter((each) => each.id !== hook.id);
	for (const each of others) {
		await ask.call(this, { method: 'DELETE', path: `/v1/hooks/${each.id}` });
	}
	// Paused by the service after days without an answer; by a person it bears no such detail.
	if (hook.status === 'paused' && hook.status_detail) {
		const path = `/v1/hooks/${hook.id}`;
		await ask.call(this, { method: 'PATCH', path, body: { status: 'active' } });
	}
}
