// Compiled from the catalog of Hookline; changed there, not here.
import type { INodeProperties } from 'n8n-workflow';
import type { Form } from './form';

export interface Operation extends Form {
	method: 'GET' | 'POST';
	path: string;
}

export const OPERATIONS: Record<string, Operation> = {
	'add-contact': {
		method: 'POST',
		path: '/v1/actions/add-contact',
		required: [
			'phone',
			'group_id',
		],
		times: [],
	},
	'add-opt-out': {
		method: 'POST',
		path: '/v1/actions/add-opt-out',
		required: [
			'phone',
		],
		times: [],
	},
	'create-group': {
		method: 'POST',
		path: '/v1/actions/create-group',
		required: [
			'name',
		],
		times: [],
	},
	'remove-device': {
		method: 'POST',
		path: '/v1/actions/remove-device',
		required: [
			'device_fingerprint',
		],
		times: [],
	},
	'remove-opt-out': {
		method: 'POST',
		path: '/v1/actions/remove-opt-out',
		required: [
			'phone',
			'reason',
		],
		times: [],
	},
	'reply-sms': {
		method: 'POST',
		path: '/v1/actions/reply-sms',
		required: [
			'reply_to',
			'message',
		],
		times: [
			'valid_until',
		],
	},
	'send-mms': {
		method: 'POST',
		path: '/v1/actions/send-mms',
		required: [
			'phone',
			'media_url',
		],
		times: [
			'valid_until',
		],
	},
	'send-sms': {
		method: 'POST',
		path: '/v1/actions/send-sms',
		required: [
			'phone',
			'message',
		],
		times: [
			'schedule_at',
			'valid_until',
		],
	},
	'find-contact': {
		method: 'GET',
		path: '/v1/searches/find-contact',
		required: [],
		times: [],
	},
	'find-conversation': {
		method: 'GET',
		path: '/v1/searches/find-conversation',
		required: [],
		times: [],
	},
	'find-message': {
		method: 'GET',
		path: '/v1/searches/find-message',
		required: [
			'phone',
		],
		times: [],
	},
	'find-opt-out': {
		method: 'GET',
		path: '/v1/searches/find-opt-out',
		required: [
			'phone',
		],
		times: [],
	},
	'get-account': {
		method: 'GET',
		path: '/v1/searches/get-account',
		required: [],
		times: [],
	},
	'list-devices': {
		method: 'GET',
		path: '/v1/searches/list-devices',
		required: [],
		times: [],
	},
	'preview-sms': {
		method: 'GET',
		path: '/v1/searches/preview-sms',
		required: [
			'message',
		],
		times: [],
	},
};

export const WAIT_SECONDS: number = 20;

export const properties: INodeProperties[] = [
	{
		displayName: 'Resource',
		name: 'resource',
		type: 'options',
		noDataExpression: true,
		options: [
			{
				name: 'Account',
				value: 'account',
			},
			{
				name: 'Contact',
				value: 'contact',
			},
			{
				name: 'Conversation',
				value: 'conversation',
			},
			{
				name: 'Device',
				value: 'device',
			},
			{
				name: 'Group',
				value: 'group',
			},
			{
				name: 'Message',
				value: 'message',
			},
			{
				name: 'Opt-Out',
				value: 'opt-out',
			},
			{
				name: 'Preview',
				value: 'preview',
			},
			{
				name: 'Reply',
				value: 'reply',
			},
		],
		default: 'message',
	},
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: {
			show: {
				resource: [
					'contact',
				],
			},
		},
		options: [
			{
				name: 'Add Contact',
				value: 'add-contact',
				action: 'Add contact',
				description: 'Adds a contact to a group',
			},
			{
				name: 'Find Contact',
				value: 'find-contact',
				action: 'Find contact',
				description: 'Finds a contact by phone number or group',
			},
		],
		default: 'add-contact',
	},
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: {
			show: {
				resource: [
					'opt-out',
				],
			},
		},
		options: [
			{
				name: 'Add Opt-Out',
				value: 'add-opt-out',
				action: 'Add opt out',
				description: 'Adds somebody to the people who get no more texts of yours',
			},
			{
				name: 'Find Opt-Out',
				value: 'find-opt-out',
				action: 'Find opt out',
				description: 'Finds whether somebody has opted out of your texts; who has not is not found',
			},
			{
				name: 'Remove Opt-Out',
				value: 'remove-opt-out',
				action: 'Remove opt out',
				description: 'Removes an opt-out, so that somebody who has agreed to it gets texts again',
			},
		],
		default: 'add-opt-out',
	},
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: {
			show: {
				resource: [
					'group',
				],
			},
		},
		options: [
			{
				name: 'Create Group',
				value: 'create-group',
				action: 'Create group',
				description: 'Creates a contact group',
			},
		],
		default: 'create-group',
	},
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: {
			show: {
				resource: [
					'device',
				],
			},
		},
		options: [
			{
				name: 'List Devices',
				value: 'list-devices',
				action: 'List devices',
				description: 'Lists the phones of your account with their status',
			},
			{
				name: 'Remove Device',
				value: 'remove-device',
				action: 'Remove device',
				description: 'Removes a phone from your account',
			},
		],
		default: 'remove-device',
	},
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: {
			show: {
				resource: [
					'reply',
				],
			},
		},
		options: [
			{
				name: 'Reply to SMS',
				value: 'reply-sms',
				action: 'Reply to SMS',
				description: 'Replies to a received message, from the number that it came to',
			},
		],
		default: 'reply-sms',
	},
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: {
			show: {
				resource: [
					'message',
				],
			},
		},
		options: [
			{
				name: 'Find Message',
				value: 'find-message',
				action: 'Find message',
				description: 'Finds messages sent to or received from a phone number',
			},
			{
				name: 'Send MMS',
				value: 'send-mms',
				action: 'Send MMS',
				description: 'Sends a picture, video or sound to one or more phone numbers',
			},
			{
				name: 'Send SMS',
				value: 'send-sms',
				action: 'Send SMS',
				description: 'Sends a text message to one or more phone numbers',
			},
		],
		default: 'send-sms',
	},
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: {
			show: {
				resource: [
					'conversation',
				],
			},
		},
		options: [
			{
				name: 'Find Conversation',
				value: 'find-conversation',
				action: 'Find conversation',
				description: 'Finds conversations by phone number or by their last message',
			},
		],
		default: 'find-conversation',
	},
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: {
			show: {
				resource: [
					'account',
				],
			},
		},
		options: [
			{
				name: 'Get Account',
				value: 'get-account',
				action: 'Get account',
				description: 'Gets the name and balance of your account',
			},
		],
		default: 'get-account',
	},
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: {
			show: {
				resource: [
					'preview',
				],
			},
		},
		options: [
			{
				name: 'Get SMS Preview',
				value: 'preview-sms',
				action: 'Get SMS preview',
				description: 'Gets how many parts a text would have, and which characters make it costly',
			},
		],
		default: 'preview-sms',
	},
	{
		displayName: 'Phone',
		name: 'phone',
		type: 'string',
		default: '',
		required: true,
		displayOptions: {
			show: {
				resource: [
					'contact',
				],
				operation: [
					'add-contact',
				],
			},
		},
		description: 'The contact\'s number, such as +14155550123; several are separated by commas',
		placeholder: 'e.g. +14155550123',
	},
	{
		displayName: 'Group Name or ID',
		name: 'group_id',
		type: 'options',
		default: '',
		required: true,
		displayOptions: {
			show: {
				resource: [
					'contact',
				],
				operation: [
					'add-contact',
				],
			},
		},
		description: 'The group that gets the contact. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
		typeOptions: {
			loadOptionsMethod: 'getGroups',
			loadOptionsDependsOn: [
				'additionalFields.connection',
				'filters.connection',
			],
		},
	},
	{
		displayName: 'Additional Fields',
		name: 'additionalFields',
		type: 'collection',
		placeholder: 'Add Field',
		default: {},
		displayOptions: {
			show: {
				resource: [
					'contact',
				],
				operation: [
					'add-contact',
				],
			},
		},
		options: [
			{
				displayName: 'Connection Name or ID',
				name: 'connection',
				type: 'options',
				default: '',
				description: 'Leave empty for the account that has the phone, group or sender, or else the first that can do this. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
				typeOptions: {
					loadOptionsMethod: 'getConnections',
				},
			},
			{
				displayName: 'First Name',
				name: 'first_name',
				type: 'string',
				default: '',
				description: 'The contact\'s first name',
				placeholder: 'e.g. Amy',
			},
			{
				displayName: 'Last Name',
				name: 'last_name',
				type: 'string',
				default: '',
				description: 'The contact\'s last name',
				placeholder: 'e.g. Lee',
			},
			{
				displayName: 'Wait',
				name: 'wait',
				type: 'number',
				default: 20,
				description: 'How many seconds to wait for the provider\'s answer, at most 25, so that its refusal shows here. With 0 the item goes on as soon as Hookline has taken it.',
			},
		],
	},
	{
		displayName: 'Phone',
		name: 'phone',
		type: 'string',
		default: '',
		required: true,
		displayOptions: {
			show: {
				resource: [
					'opt-out',
				],
				operation: [
					'add-opt-out',
				],
			},
		},
		description: 'Who gets no more texts, such as +14155550123; several are separated by commas',
		placeholder: 'e.g. +14155550123',
	},
	{
		displayName: 'Additional Fields',
		name: 'additionalFields',
		type: 'collection',
		placeholder: 'Add Field',
		default: {},
		displayOptions: {
			show: {
				resource: [
					'opt-out',
				],
				operation: [
					'add-opt-out',
				],
			},
		},
		options: [
			{
				displayName: 'Connection Name or ID',
				name: 'connection',
				type: 'options',
				default: '',
				description: 'Leave empty for every account, also for later ones. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
				typeOptions: {
					loadOptionsMethod: 'getConnections',
				},
			},
			{
				displayName: 'Reason',
				name: 'reason',
				type: 'string',
				default: '',
				description: 'Why, such as where the person said so',
				placeholder: 'e.g. Asked on the phone',
			},
			{
				displayName: 'Sender',
				name: 'sender',
				type: 'string',
				default: '',
				description: 'The number or name of yours that the person refuses; leave empty for all of them',
				placeholder: 'e.g. +14155550100',
			},
			{
				displayName: 'Wait',
				name: 'wait',
				type: 'number',
				default: 20,
				description: 'How many seconds to wait for the provider\'s answer, at most 25, so that its refusal shows here. With 0 the item goes on as soon as Hookline has taken it.',
			},
		],
	},
	{
		displayName: 'Name',
		name: 'name',
		type: 'string',
		default: '',
		required: true,
		displayOptions: {
			show: {
				resource: [
					'group',
				],
				operation: [
					'create-group',
				],
			},
		},
		description: 'The name of the new group, at most 255 characters',
		placeholder: 'e.g. Newsletter',
	},
	{
		displayName: 'Additional Fields',
		name: 'additionalFields',
		type: 'collection',
		placeholder: 'Add Field',
		default: {},
		displayOptions: {
			show: {
				resource: [
					'group',
				],
				operation: [
					'create-group',
				],
			},
		},
		options: [
			{
				displayName: 'Connection Name or ID',
				name: 'connection',
				type: 'options',
				default: '',
				description: 'Leave empty for the account that has the phone, group or sender, or else the first that can do this. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
				typeOptions: {
					loadOptionsMethod: 'getConnections',
				},
			},
			{
				displayName: 'Description',
				name: 'description',
				type: 'string',
				default: '',
				typeOptions: {
					rows: 4,
				},
				description: 'Notes for yourself on what the group is for',
				placeholder: 'e.g. People who asked for the newsletter.',
			},
			{
				displayName: 'Wait',
				name: 'wait',
				type: 'number',
				default: 20,
				description: 'How many seconds to wait for the provider\'s answer, at most 25, so that its refusal shows here. With 0 the item goes on as soon as Hookline has taken it.',
			},
		],
	},
	{
		displayName: 'Device Name or ID',
		name: 'device_fingerprint',
		type: 'options',
		default: '',
		required: true,
		displayOptions: {
			show: {
				resource: [
					'device',
				],
				operation: [
					'remove-device',
				],
			},
		},
		description: 'The phone to remove; it stops sending and receiving for your account. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
		typeOptions: {
			loadOptionsMethod: 'getDevices',
			loadOptionsDependsOn: [
				'additionalFields.connection',
				'filters.connection',
			],
		},
	},
	{
		displayName: 'Additional Fields',
		name: 'additionalFields',
		type: 'collection',
		placeholder: 'Add Field',
		default: {},
		displayOptions: {
			show: {
				resource: [
					'device',
				],
				operation: [
					'remove-device',
				],
			},
		},
		options: [
			{
				displayName: 'Connection Name or ID',
				name: 'connection',
				type: 'options',
				default: '',
				description: 'Leave empty for the account that has the phone, group or sender, or else the first that can do this. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
				typeOptions: {
					loadOptionsMethod: 'getConnections',
				},
			},
			{
				displayName: 'Wait',
				name: 'wait',
				type: 'number',
				default: 20,
				description: 'How many seconds to wait for the provider\'s answer, at most 25, so that its refusal shows here. With 0 the item goes on as soon as Hookline has taken it.',
			},
		],
	},
	{
		displayName: 'Phone',
		name: 'phone',
		type: 'string',
		default: '',
		required: true,
		displayOptions: {
			show: {
				resource: [
					'opt-out',
				],
				operation: [
					'remove-opt-out',
				],
			},
		},
		description: 'Who wants texts again',
		placeholder: 'e.g. +14155550123',
	},
	{
		displayName: 'Reason',
		name: 'reason',
		type: 'string',
		default: '',
		required: true,
		displayOptions: {
			show: {
				resource: [
					'opt-out',
				],
				operation: [
					'remove-opt-out',
				],
			},
		},
		description: 'Say how the person agreed, such as: signed the form of 1 March',
		placeholder: 'e.g. Signed the form of 1 March',
	},
	{
		displayName: 'Additional Fields',
		name: 'additionalFields',
		type: 'collection',
		placeholder: 'Add Field',
		default: {},
		displayOptions: {
			show: {
				resource: [
					'opt-out',
				],
				operation: [
					'remove-opt-out',
				],
			},
		},
		options: [
			{
				displayName: 'Connection Name or ID',
				name: 'connection',
				type: 'options',
				default: '',
				description: 'Leave empty for all accounts. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
				typeOptions: {
					loadOptionsMethod: 'getConnections',
				},
			},
			{
				displayName: 'Sender',
				name: 'sender',
				type: 'string',
				default: '',
				description: 'Only the opt-out from this number or name of yours; leave empty for all of them',
				placeholder: 'e.g. +14155550100',
			},
			{
				displayName: 'Wait',
				name: 'wait',
				type: 'number',
				default: 20,
				description: 'How many seconds to wait for the provider\'s answer, at most 25, so that its refusal shows here. With 0 the item goes on as soon as Hookline has taken it.',
			},
		],
	},
	{
		displayName: 'Reply To',
		name: 'reply_to',
		type: 'string',
		default: '',
		required: true,
		displayOptions: {
			show: {
				resource: [
					'reply',
				],
				operation: [
					'reply-sms',
				],
			},
		},
		description: 'The ID of the received message that this answers, as its trigger gives it',
		placeholder: 'e.g. sms_k4x2mq7vb3nd5wz6tj2yh4re7a',
	},
	{
		displayName: 'Message',
		name: 'message',
		type: 'string',
		default: '',
		typeOptions: {
			rows: 4,
		},
		required: true,
		displayOptions: {
			show: {
				resource: [
					'reply',
				],
				operation: [
					'reply-sms',
				],
			},
		},
		description: 'Up to 1600 characters; a long text goes out in several parts',
		placeholder: 'e.g. Thank you, see you at 5.',
	},
	{
		displayName: 'Additional Fields',
		name: 'additionalFields',
		type: 'collection',
		placeholder: 'Add Field',
		default: {},
		displayOptions: {
			show: {
				resource: [
					'reply',
				],
				operation: [
					'reply-sms',
				],
			},
		},
		options: [
			{
				displayName: 'Deduplicate Within',
				name: 'deduplicate_within',
				type: 'number',
				default: 600,
				description: 'Seconds in which the same text to the same number is refused; 0 for never, and leave empty for your workspace\'s rule',
			},
			{
				displayName: 'Valid Until',
				name: 'valid_until',
				type: 'dateTime',
				default: '',
				description: 'A time with an offset after which it must not go out; leave empty for no end',
			},
			{
				displayName: 'Wait',
				name: 'wait',
				type: 'number',
				default: 20,
				description: 'How many seconds to wait for the provider\'s answer, at most 25, so that its refusal shows here. With 0 the item goes on as soon as Hookline has taken it.',
			},
		],
	},
	{
		displayName: 'Phone',
		name: 'phone',
		type: 'string',
		default: '',
		required: true,
		displayOptions: {
			show: {
				resource: [
					'message',
				],
				operation: [
					'send-mms',
				],
			},
		},
		description: 'The number to send to, such as +14155550123; several are separated by commas',
		placeholder: 'e.g. +14155550123',
	},
	{
		displayName: 'Media URL',
		name: 'media_url',
		type: 'string',
		default: '',
		required: true,
		displayOptions: {
			show: {
				resource: [
					'message',
				],
				operation: [
					'send-mms',
				],
			},
		},
		description: 'A public https address of the picture, video or sound, open without a login',
		placeholder: 'e.g. https://example.com/promo.jpg',
	},
	{
		displayName: 'Additional Fields',
		name: 'additionalFields',
		type: 'collection',
		placeholder: 'Add Field',
		default: {},
		displayOptions: {
			show: {
				resource: [
					'message',
				],
				operation: [
					'send-mms',
				],
			},
		},
		options: [
			{
				displayName: 'As Is',
				name: 'as_is',
				type: 'boolean',
				default: false,
				description: 'Whether this is so: Yes to text a short code or a name, such as 40404, just as it is written',
			},
			{
				displayName: 'Connection Name or ID',
				name: 'connection',
				type: 'options',
				default: '',
				description: 'Leave empty for the account that has the phone, group or sender, or else the first that can do this. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
				typeOptions: {
					loadOptionsMethod: 'getConnections',
				},
			},
			{
				displayName: 'Deduplicate Within',
				name: 'deduplicate_within',
				type: 'number',
				default: 600,
				description: 'Seconds in which the same text to the same number is refused; 0 for never, and leave empty for your workspace\'s rule',
			},
			{
				displayName: 'Failover After',
				name: 'failover_after',
				type: 'number',
				default: 300,
				description: 'Seconds without an answer after which it does; leave empty for your workspace\'s rule',
			},
			{
				displayName: 'Fallback Connections Name or ID',
				name: 'fallback_connections',
				type: 'options',
				default: '',
				description: 'What a text goes on through where its account refuses us or does not answer. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
				typeOptions: {
					loadOptionsMethod: 'getConnections',
				},
			},
			{
				displayName: 'Message',
				name: 'message',
				type: 'string',
				default: '',
				typeOptions: {
					rows: 4,
				},
				description: 'Words to go with it, up to 1600 characters',
				placeholder: 'e.g. Promo inside.',
			},
			{
				displayName: 'Sender ID Name or ID',
				name: 'sender_id',
				type: 'options',
				default: '',
				description: 'The name or number shown as sender; leave empty for your account\'s usual one. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
				typeOptions: {
					loadOptionsMethod: 'getSenders',
					loadOptionsDependsOn: [
						'additionalFields.connection',
						'filters.connection',
					],
				},
			},
			{
				displayName: 'Valid Until',
				name: 'valid_until',
				type: 'dateTime',
				default: '',
				description: 'A time with an offset after which it must not go out; leave empty for no end',
			},
			{
				displayName: 'Wait',
				name: 'wait',
				type: 'number',
				default: 20,
				description: 'How many seconds to wait for the provider\'s answer, at most 25, so that its refusal shows here. With 0 the item goes on as soon as Hookline has taken it.',
			},
		],
	},
	{
		displayName: 'Phone',
		name: 'phone',
		type: 'string',
		default: '',
		required: true,
		displayOptions: {
			show: {
				resource: [
					'message',
				],
				operation: [
					'send-sms',
				],
			},
		},
		description: 'The number to text, such as +14155550123; several are separated by commas',
		placeholder: 'e.g. +14155550123',
	},
	{
		displayName: 'Message',
		name: 'message',
		type: 'string',
		default: '',
		typeOptions: {
			rows: 4,
		},
		required: true,
		displayOptions: {
			show: {
				resource: [
					'message',
				],
				operation: [
					'send-sms',
				],
			},
		},
		description: 'Up to 1600 characters; a long text goes out in several parts',
		placeholder: 'e.g. Your table is ready.',
	},
	{
		displayName: 'Additional Fields',
		name: 'additionalFields',
		type: 'collection',
		placeholder: 'Add Field',
		default: {},
		displayOptions: {
			show: {
				resource: [
					'message',
				],
				operation: [
					'send-sms',
				],
			},
		},
		options: [
			{
				displayName: 'As Is',
				name: 'as_is',
				type: 'boolean',
				default: false,
				description: 'Whether this is so: Yes to text a short code or a name, such as 40404, just as it is written',
			},
			{
				displayName: 'Connection Name or ID',
				name: 'connection',
				type: 'options',
				default: '',
				description: 'Leave empty for the account that has the phone, group or sender, or else the first that can do this. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
				typeOptions: {
					loadOptionsMethod: 'getConnections',
				},
			},
			{
				displayName: 'Deduplicate Within',
				name: 'deduplicate_within',
				type: 'number',
				default: 600,
				description: 'Seconds in which the same text to the same number is refused; 0 for never, and leave empty for your workspace\'s rule',
			},
			{
				displayName: 'Device Name or ID',
				name: 'device_fingerprint',
				type: 'options',
				default: '',
				description: 'The phone that sends; may be left empty where there is just one. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
				typeOptions: {
					loadOptionsMethod: 'getDevices',
					loadOptionsDependsOn: [
						'additionalFields.connection',
						'filters.connection',
					],
				},
			},
			{
				displayName: 'DLT Template ID',
				name: 'dlt_template_id',
				type: 'string',
				default: '',
				description: 'The ID of your registered template; networks in India refuse texts without one',
				placeholder: 'e.g. 1107160000000012345',
			},
			{
				displayName: 'Failover After',
				name: 'failover_after',
				type: 'number',
				default: 300,
				description: 'Seconds without an answer after which it does; leave empty for your workspace\'s rule',
			},
			{
				displayName: 'Fallback Connections Name or ID',
				name: 'fallback_connections',
				type: 'options',
				default: '',
				description: 'What a text goes on through where its account refuses us or does not answer. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
				typeOptions: {
					loadOptionsMethod: 'getConnections',
				},
			},
			{
				displayName: 'Most Parts',
				name: 'max_parts',
				type: 'number',
				default: 3,
				description: 'Refuse a text of more parts than this; leave empty for no limit',
			},
			{
				displayName: 'Plain Letters',
				name: 'fold',
				type: 'boolean',
				default: false,
				description: 'Whether this is so: Yes to write quotes, dashes and spaces in plain letters, which may save parts',
			},
			{
				displayName: 'Send At',
				name: 'schedule_at',
				type: 'dateTime',
				default: '',
				description: 'When to send, as a time with an offset, within two years; leave empty to send now',
			},
			{
				displayName: 'Sender ID Name or ID',
				name: 'sender_id',
				type: 'options',
				default: '',
				description: 'The name or number shown as sender; leave empty for your account\'s usual one. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
				typeOptions: {
					loadOptionsMethod: 'getSenders',
					loadOptionsDependsOn: [
						'additionalFields.connection',
						'filters.connection',
					],
				},
			},
			{
				displayName: 'SIM Slot',
				name: 'sim_slot',
				type: 'options',
				default: 'SIM1',
				description: 'The SIM that sends; leave empty for the first one',
				options: [
					{
						name: 'SIM 1',
						value: 'SIM1',
					},
					{
						name: 'SIM 2',
						value: 'SIM2',
					},
				],
			},
			{
				displayName: 'Valid Until',
				name: 'valid_until',
				type: 'dateTime',
				default: '',
				description: 'A time with an offset after which it must not go out; leave empty for no end',
			},
			{
				displayName: 'Wait',
				name: 'wait',
				type: 'number',
				default: 20,
				description: 'How many seconds to wait for the provider\'s answer, at most 25, so that its refusal shows here. With 0 the item goes on as soon as Hookline has taken it.',
			},
		],
	},
	{
		displayName: 'Additional Fields',
		name: 'additionalFields',
		type: 'collection',
		placeholder: 'Add Field',
		default: {},
		displayOptions: {
			show: {
				resource: [
					'contact',
				],
				operation: [
					'find-contact',
				],
			},
		},
		options: [
			{
				displayName: 'Connection Name or ID',
				name: 'connection',
				type: 'options',
				default: '',
				description: 'Leave empty for the account that has the phone or group, or else for all of them. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
				typeOptions: {
					loadOptionsMethod: 'getConnections',
				},
			},
			{
				displayName: 'Group Name or ID',
				name: 'group_id',
				type: 'options',
				default: '',
				description: 'The group to look in; leave empty to look in all of them. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
				typeOptions: {
					loadOptionsMethod: 'getGroups',
					loadOptionsDependsOn: [
						'additionalFields.connection',
						'filters.connection',
					],
				},
			},
			{
				displayName: 'Phone',
				name: 'phone',
				type: 'string',
				default: '',
				description: 'The contact\'s number; may be left empty where a group is given',
				placeholder: 'e.g. +14155550123',
			},
		],
	},
	{
		displayName: 'Additional Fields',
		name: 'additionalFields',
		type: 'collection',
		placeholder: 'Add Field',
		default: {},
		displayOptions: {
			show: {
				resource: [
					'conversation',
				],
				operation: [
					'find-conversation',
				],
			},
		},
		options: [
			{
				displayName: 'Connection Name or ID',
				name: 'connection',
				type: 'options',
				default: '',
				description: 'Leave empty for the account that has the phone or group, or else for all of them. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
				typeOptions: {
					loadOptionsMethod: 'getConnections',
				},
			},
			{
				displayName: 'Contains',
				name: 'contains',
				type: 'string',
				default: '',
				description: 'Only conversations whose last message contains this, in upper or lower case',
				placeholder: 'e.g. see you',
			},
			{
				displayName: 'Device Name or ID',
				name: 'device_fingerprint',
				type: 'options',
				default: '',
				description: 'The phone whose conversations to search; may be left empty where there is just one. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
				typeOptions: {
					loadOptionsMethod: 'getDevices',
					loadOptionsDependsOn: [
						'additionalFields.connection',
						'filters.connection',
					],
				},
			},
			{
				displayName: 'Phone',
				name: 'phone',
				type: 'string',
				default: '',
				description: 'The other side\'s number or sender name; leave empty for all of them',
				placeholder: 'e.g. +14155550123',
			},
		],
	},
	{
		displayName: 'Phone',
		name: 'phone',
		type: 'string',
		default: '',
		required: true,
		displayOptions: {
			show: {
				resource: [
					'message',
				],
				operation: [
					'find-message',
				],
			},
		},
		description: 'The other side\'s number or sender name',
		placeholder: 'e.g. +14155550123',
	},
	{
		displayName: 'Additional Fields',
		name: 'additionalFields',
		type: 'collection',
		placeholder: 'Add Field',
		default: {},
		displayOptions: {
			show: {
				resource: [
					'message',
				],
				operation: [
					'find-message',
				],
			},
		},
		options: [
			{
				displayName: 'Connection Name or ID',
				name: 'connection',
				type: 'options',
				default: '',
				description: 'Leave empty for the account that has the phone or group, or else for all of them. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
				typeOptions: {
					loadOptionsMethod: 'getConnections',
				},
			},
			{
				displayName: 'Contains',
				name: 'contains',
				type: 'string',
				default: '',
				description: 'Only messages whose text contains this; upper and lower case count the same',
				placeholder: 'e.g. table',
			},
			{
				displayName: 'Device Name or ID',
				name: 'device_fingerprint',
				type: 'options',
				default: '',
				description: 'The phone whose history to search; may be left empty where there is just one. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
				typeOptions: {
					loadOptionsMethod: 'getDevices',
					loadOptionsDependsOn: [
						'additionalFields.connection',
						'filters.connection',
					],
				},
			},
			{
				displayName: 'Direction',
				name: 'direction',
				type: 'options',
				default: 'inbound',
				description: 'Only received or only sent messages; leave empty for both',
				options: [
					{
						name: 'Received',
						value: 'inbound',
					},
					{
						name: 'Sent',
						value: 'outbound',
					},
				],
			},
		],
	},
	{
		displayName: 'Phone',
		name: 'phone',
		type: 'string',
		default: '',
		required: true,
		displayOptions: {
			show: {
				resource: [
					'opt-out',
				],
				operation: [
					'find-opt-out',
				],
			},
		},
		description: 'The number of the person',
		placeholder: 'e.g. +14155550123',
	},
	{
		displayName: 'Additional Fields',
		name: 'additionalFields',
		type: 'collection',
		placeholder: 'Add Field',
		default: {},
		displayOptions: {
			show: {
				resource: [
					'opt-out',
				],
				operation: [
					'find-opt-out',
				],
			},
		},
		options: [
			{
				displayName: 'Connection Name or ID',
				name: 'connection',
				type: 'options',
				default: '',
				description: 'Leave empty for all accounts. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
				typeOptions: {
					loadOptionsMethod: 'getConnections',
				},
			},
			{
				displayName: 'Sender',
				name: 'sender',
				type: 'string',
				default: '',
				description: 'Only opt-outs from this number or name of yours; leave empty for all of them',
				placeholder: 'e.g. +14155550100',
			},
		],
	},
	{
		displayName: 'Additional Fields',
		name: 'additionalFields',
		type: 'collection',
		placeholder: 'Add Field',
		default: {},
		displayOptions: {
			show: {
				resource: [
					'account',
				],
				operation: [
					'get-account',
				],
			},
		},
		options: [
			{
				displayName: 'Connection Name or ID',
				name: 'connection',
				type: 'options',
				default: '',
				description: 'Leave empty for the account that has the phone or group, or else for all of them. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
				typeOptions: {
					loadOptionsMethod: 'getConnections',
				},
			},
		],
	},
	{
		displayName: 'Additional Fields',
		name: 'additionalFields',
		type: 'collection',
		placeholder: 'Add Field',
		default: {},
		displayOptions: {
			show: {
				resource: [
					'device',
				],
				operation: [
					'list-devices',
				],
			},
		},
		options: [
			{
				displayName: 'Connection Name or ID',
				name: 'connection',
				type: 'options',
				default: '',
				description: 'Leave empty for the account that has the phone or group, or else for all of them. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
				typeOptions: {
					loadOptionsMethod: 'getConnections',
				},
			},
			{
				displayName: 'Status',
				name: 'status',
				type: 'string',
				default: '',
				description: 'Only devices of this status, such as active; leave empty for all',
				placeholder: 'e.g. active',
			},
		],
	},
	{
		displayName: 'Message',
		name: 'message',
		type: 'string',
		default: '',
		typeOptions: {
			rows: 4,
		},
		required: true,
		displayOptions: {
			show: {
				resource: [
					'preview',
				],
				operation: [
					'preview-sms',
				],
			},
		},
		description: 'The text to look at; nothing is sent',
		placeholder: 'e.g. It’s ready – see you at 5',
	},
];
