import {
	NodeApiError,
	NodeOperationError,
	type IDataObject,
	type IExecuteFunctions,
	type IHookFunctions,
	type IHttpRequestMethods,
	type ILoadOptionsFunctions,
	type IN8nHttpFullResponse,
	type IPollFunctions,
	type JsonObject,
} from 'n8n-workflow';

export type Caller = IExecuteFunctions | IHookFunctions | ILoadOptionsFunctions | IPollFunctions;

export interface Question {
	method: IHttpRequestMethods;
	path: string;
	qs?: IDataObject;
	body?: IDataObject;
	headers?: IDataObject;
}

export interface Answer {
	body: IDataObject | IDataObject[];
	headers: IDataObject;
}

/** Asks the service. What it refuses is thrown under its own sentence, which says what to do. */
export async function ask(this: Caller, question: Question, itemIndex?: number): Promise<Answer> {
	const { baseUrl } = await this.getCredentials<{ baseUrl: string }>('hooklineApi');
	const { path, ...rest } = question;
	const answer = (await this.helpers.httpRequestWithAuthentication.call(this, 'hooklineApi', {
		...rest,
		url: baseUrl.replace(/\/+$/, '') + path,
		json: true,
		returnFullResponse: true,
		ignoreHttpStatusErrors: true,
	})) as IN8nHttpFullResponse;
	if (answer.statusCode >= 400) {
		const problem = (answer.body ?? {}) as JsonObject;
		const message = typeof problem.message === 'string' ? problem.message : undefined;
		const httpCode = String(answer.statusCode);
		throw new NodeApiError(this.getNode(), problem, { message, httpCode, itemIndex });
	}
	if (typeof answer.body !== 'object') {
		const message = 'Hookline does not answer at this Server URL; correct it in the credentials.';
		throw new NodeOperationError(this.getNode(), message, { itemIndex });
	}
	return { body: answer.body as Answer['body'], headers: answer.headers };
}

/** What `ask` answers, as the list that n8n's items are. */
export function rows(answer: Answer): IDataObject[] {
	return Array.isArray(answer.body) ? answer.body : [answer.body];
}
