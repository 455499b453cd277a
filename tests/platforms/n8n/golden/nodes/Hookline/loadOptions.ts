// Compiled from the catalog of Hookline; changed there, not here.
import type { IDataObject, ILoadOptionsFunctions, INodePropertyOptions } from 'n8n-workflow';
import { ask, rows } from './service';

const PAGE = 100;

/** Every page of a dropdown: n8n searches in what it has loaded. */
function all(options: string) {
	return async function (this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
		const path = `/v1/options/${options}`;
		const found: IDataObject[] = [];
		let batch: IDataObject[];
		let page = 0;
		do {
			const qs = { page: page++ };
			batch = rows(await ask.call(this, { method: 'GET', path, qs }));
			found.push(...batch);
		} while (batch.length === PAGE);
		return found.map((row) => ({ name: row.label as string, value: row.id as string }));
	};
}

export const loadOptions = {
	getConnections: all('connections'),
	getDevices: all('devices'),
	getGroups: all('groups'),
	getSenders: all('senders'),
	getSimSlots: all('sim-slots'),
};
