// Compiled from the catalog of Hookline; changed there, not here.
import type { IDataObject, ILoadOptionsFunctions, INodePropertyOptions } from 'n8n-workflow';
import { ask, rows } from './service';

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

export const loadOptions = {
	getConnections: all('connections', false),
	getDevices: all('devices', true),
	getGroups: all('groups', true),
	getSenders: all('senders', true),
	getSimSlots: all('sim-slots', false),
};
