import type {
	IAuthenticateGeneric,
	ICredentialTestRequest,
	ICredentialType,
	Icon,
	INodeProperties,
} from 'n8n-workflow';

export class HooklineApi implements ICredentialType {
	name = 'hooklineApi';

	displayName = 'Hookline API';

	icon: Icon = { light: 'file:../icons/hookline.svg', dark: 'file:../icons/hookline.dark.svg' };

	documentationUrl = 'https://sms.example.com/docs';

	properties: INodeProperties[] = [
		{
			displayName: 'Server URL',
			name: 'baseUrl',
			type: 'string',
			default: 'https://sms.example.com',
			placeholder: 'e.g. https://sms.example.com',
			description: 'The address of your Hookline service, as n8n reaches it',
			required: true,
		},
		{
			displayName: 'API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			placeholder: 'e.g. hk_…',
			description: 'Made in the Hookline console under API Keys',
			required: true,
		},
	];

	authenticate: IAuthenticateGeneric = {
		type: 'generic',
		properties: { headers: { Authorization: '=Bearer {{$credentials.apiKey}}' } },
	};

	test: ICredentialTestRequest = {
		request: { baseURL: '={{$credentials.baseUrl}}', url: '/v1/me' },
	};
}
