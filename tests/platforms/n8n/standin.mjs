// A stand-in for the function contexts that n8n hands to a node: parameters, static data, and a
// `httpRequestWithAuthentication` over fetch. It runs the built nodes of a folder, and answers each
// line of JSON with one; n8n itself runs in real.py.
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

let asked;
const require = createRequire(`${process.argv[2]}/package.json`);
const { n8n } = require('./package.json');

function loaded(path) {
	const [, name] = path.match(/([^/]+)\.(node|credentials)\.js$/);
	return new (require(`./${path}`)[name])();
}

const credential = loaded(n8n.credentials[0]);
const nodes = Object.fromEntries(
	n8n.nodes.map(loaded).map((node) => [node.description.name, node]),
);

function resolved(expression) {
	const text = expression.replace(/\{\{\s*\$credentials\.(\w+)\s*\}\}/g, (_, name) => asked.credentials[name]);
	return text.replace(/^=/, '');
}

async function request(type, { url, method, qs = {}, body, headers = {}, ...manner }) {
	if (type !== credential.name) throw new Error(`no credential ${type}`);
	const address = new URL(url);
	for (const [name, value] of Object.entries(qs)) {
		if (value !== undefined) address.searchParams.set(name, value);
	}
	const own = Object.entries(credential.authenticate.properties.headers);
	const sent = { ...headers, ...Object.fromEntries(own.map(([k, v]) => [k, resolved(v)])) };
	if (body) sent['Content-Type'] = 'application/json';
	const answer = await fetch(address, { method, headers: sent, body: body && JSON.stringify(body) });
	const text = await answer.text();
	if (!manner.ignoreHttpStatusErrors && !answer.ok) throw new Error(`HTTP ${answer.status}`);
	let read = text;
	try {
		read = JSON.parse(text);
	} catch {
		// not JSON: as it is, like axios
	}
	return { statusCode: answer.status, body: read, headers: Object.fromEntries(answer.headers) };
}

const context = {
	getCredentials: async () => asked.credentials,
	getNodeParameter: (name, ...more) => {
		const fallback = more.find((each) => typeof each === 'object');
		return asked.parameters[name] ?? fallback;
	},
	getNodeWebhookUrl: () => asked.webhook,
	getWorkflowStaticData: () => asked.static,
	getWorkflow: () => ({ id: 'wf1', name: 'Answer texts' }),
	getNode: () => ({ id: 'node1', name: 'Hookline', type: asked.type ?? 'hookline', typeVersion: 1 }),
	getMode: () => asked.mode,
	getTimezone: () => 'Europe/Berlin',
	getInstanceId: () => 'instance1',
	getExecutionId: () => asked.execution,
	getWorkflowDataProxy: () => ({ $runIndex: asked.run ?? 0 }),
	getInputData: () => asked.items,
	continueOnFail: () => asked.goOn,
	getCurrentNodeParameter: (path) =>
		path.split('.').reduce((found, name) => found?.[name], asked.parameters),
	getBodyData: () => asked.body,
	helpers: {
		httpRequestWithAuthentication: request,
		returnJsonArray: (found) => [found].flat().map((json) => ({ json })),
	},
};

const tasks = {
	describe: () => ({
		nodes: Object.values(nodes).map((node) => node.description),
		methods: Object.keys(nodes.hookline.methods.loadOptions),
		credential: { test: credential.test, properties: credential.properties },
	}),
	check: async () => {
		const { baseURL, url } = credential.test.request;
		const answer = await request(credential.name, { method: 'GET', url: resolved(baseURL) + url });
		return answer.body;
	},
	hook: () => nodes.hooklineTrigger.webhookMethods.default[asked.method].call(context),
	webhook: () => nodes.hooklineTrigger.webhook.call(context),
	poll: () => nodes.hooklinePollingTrigger.poll.call(context),
	options: () => nodes.hookline.methods.loadOptions[asked.method].call(context),
	execute: () => nodes.hookline.execute.call(context),
};

async function answered() {
	try {
		const result = await tasks[asked.task]();
		return { result, static: asked.static };
	} catch ({ name, message, description, httpCode, context: where }) {
		return { error: { name, message, description, httpCode, item: where?.itemIndex } };
	}
}

for await (const line of createInterface({ input: process.stdin })) {
	asked = JSON.parse(line);
	console.log(JSON.stringify(await answered()));
}
