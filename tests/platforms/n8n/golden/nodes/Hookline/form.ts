import { tryToParseDateTime, type IDataObject } from 'n8n-workflow';

/** Which fields of an operation or an event stand on their own, and which hold times. */
export interface Form {
	required: string[];
	times: string[];
}

/** What the user gave: the fields that must be there, and of the others those that were added. */
export function filled(
	form: Form,
	read: (name: string) => unknown,
	added: unknown,
	timezone: string,
): IDataObject {
	const values = { ...(added as IDataObject) };
	for (const name of form.required) values[name] = read(name) as IDataObject;
	for (const name of form.times) {
		// n8n's own date picker gives a time without an offset; the workflow's time zone is meant.
		if (values[name]) values[name] = tryToParseDateTime(values[name], timezone).toISO();
	}
	return values;
}
