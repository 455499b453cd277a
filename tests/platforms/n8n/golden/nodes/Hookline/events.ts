// Compiled from the catalog of Hookline; changed there, not here.
import type { INodeProperties } from 'n8n-workflow';
import type { Form } from './form';

export interface Event extends Form {
	single: boolean;
}

export const EVENTS: Record<string, Event> = {
	'device-status': {
		single: false,
		required: [],
		times: [],
	},
	'inbound-sms': {
		single: false,
		required: [],
		times: [],
	},
	'latest-sms': {
		single: true,
		required: [],
		times: [],
	},
	'low-balance': {
		single: false,
		required: [],
		times: [],
	},
	'message-status': {
		single: false,
		required: [],
		times: [],
	},
	'new-conversation': {
		single: false,
		required: [],
		times: [],
	},
	'opt-out-changed': {
		single: false,
		required: [],
		times: [],
	},
};

export const properties: INodeProperties[] = [
	{
		displayName: 'Event',
		name: 'event',
		type: 'options',
		noDataExpression: true,
		options: [
			{
				name: 'Device Status Changed',
				value: 'device-status',
				description: 'Triggers when one of your phones changes its status, is added or removed',
			},
			{
				name: 'Latest Inbound SMS',
				value: 'latest-sms',
				description: 'Triggers when another text message becomes the newest one you received',
			},
			{
				name: 'Low Balance',
				value: 'low-balance',
				description: 'Triggers when your account\'s balance falls below an amount you choose',
			},
			{
				name: 'Message Status Changed',
				value: 'message-status',
				description: 'Triggers when a message you sent is sent, delivered, failed or in doubt',
			},
			{
				name: 'New Conversation',
				value: 'new-conversation',
				description: 'Triggers when a number texts you for the first time',
			},
			{
				name: 'New Inbound SMS',
				value: 'inbound-sms',
				description: 'Triggers when one of your numbers receives a text message',
			},
			{
				name: 'Opt-Out Changed',
				value: 'opt-out-changed',
				description: 'Triggers when somebody asks for no more texts of yours, or for texts again',
			},
		],
		default: 'inbound-sms',
		required: true,
	},
	{
		displayName: 'Filters',
		name: 'filters',
		type: 'collection',
		placeholder: 'Add Filter',
		default: {},
		displayOptions: {
			show: {
				event: [
					'device-status',
				],
			},
		},
		options: [
			{
				displayName: 'Connection Name or ID',
				name: 'connection',
				type: 'options',
				default: '',
				description: 'Only devices of this connection; leave empty for all. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
				typeOptions: {
					loadOptionsMethod: 'getConnections',
				},
			},
			{
				displayName: 'Device Name or ID',
				name: 'device_fingerprint',
				type: 'options',
				default: '',
				description: 'Only changes of this device. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
				typeOptions: {
					loadOptionsMethod: 'getDevices',
					loadOptionsDependsOn: [
						'additionalFields.connection',
						'filters.connection',
					],
				},
			},
			{
				displayName: 'Status',
				name: 'status',
				type: 'string',
				default: '',
				description: 'Only changes to this status, in the provider\'s word; removed when it is gone',
				placeholder: 'e.g. inactive',
			},
		],
	},
	{
		displayName: 'Filters',
		name: 'filters',
		type: 'collection',
		placeholder: 'Add Filter',
		default: {},
		displayOptions: {
			show: {
				event: [
					'inbound-sms',
				],
			},
		},
		options: [
			{
				displayName: 'Connection Name or ID',
				name: 'connection',
				type: 'options',
				default: '',
				description: 'Only messages from this connection; leave empty for all. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
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
				placeholder: 'e.g. see you',
			},
			{
				displayName: 'Device Name or ID',
				name: 'device_fingerprint',
				type: 'options',
				default: '',
				description: 'Only messages that reached this device. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
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
				description: 'Only messages from this number or sender name',
				placeholder: 'e.g. +14155550123',
			},
			{
				displayName: 'SIM Slot',
				name: 'sim_slot',
				type: 'options',
				default: 'SIM1',
				description: 'Only messages that reached this SIM',
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
				displayName: 'To',
				name: 'to',
				type: 'string',
				default: '',
				description: 'Only messages to this number of yours',
				placeholder: 'e.g. +14155550100',
			},
		],
	},
	{
		displayName: 'Filters',
		name: 'filters',
		type: 'collection',
		placeholder: 'Add Filter',
		default: {},
		displayOptions: {
			show: {
				event: [
					'latest-sms',
				],
			},
		},
		options: [
			{
				displayName: 'Connection Name or ID',
				name: 'connection',
				type: 'options',
				default: '',
				description: 'Only messages from this connection; leave empty for all. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
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
				placeholder: 'e.g. see you',
			},
			{
				displayName: 'Device Name or ID',
				name: 'device_fingerprint',
				type: 'options',
				default: '',
				description: 'Only messages that reached this device. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
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
				description: 'Only messages from this number or sender name',
				placeholder: 'e.g. +14155550123',
			},
			{
				displayName: 'SIM Slot',
				name: 'sim_slot',
				type: 'options',
				default: 'SIM1',
				description: 'Only messages that reached this SIM',
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
				displayName: 'To',
				name: 'to',
				type: 'string',
				default: '',
				description: 'Only messages to this number of yours',
				placeholder: 'e.g. +14155550100',
			},
		],
	},
	{
		displayName: 'Filters',
		name: 'filters',
		type: 'collection',
		placeholder: 'Add Filter',
		default: {},
		displayOptions: {
			show: {
				event: [
					'low-balance',
				],
			},
		},
		options: [
			{
				displayName: 'Connection Name or ID',
				name: 'connection',
				type: 'options',
				default: '',
				description: 'Only the account of this connection; leave empty for all. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
				typeOptions: {
					loadOptionsMethod: 'getConnections',
				},
			},
			{
				displayName: 'Threshold',
				name: 'threshold',
				type: 'number',
				default: 10,
				description: 'Fires when the balance falls below this, in your provider\'s unit; 10 if left empty',
			},
		],
	},
	{
		displayName: 'Filters',
		name: 'filters',
		type: 'collection',
		placeholder: 'Add Filter',
		default: {},
		displayOptions: {
			show: {
				event: [
					'message-status',
				],
			},
		},
		options: [
			{
				displayName: 'Connection Name or ID',
				name: 'connection',
				type: 'options',
				default: '',
				description: 'Only messages of this connection; leave empty for all. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
				typeOptions: {
					loadOptionsMethod: 'getConnections',
				},
			},
			{
				displayName: 'Device Name or ID',
				name: 'device_fingerprint',
				type: 'options',
				default: '',
				description: 'Only messages that this device sends. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
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
				description: 'Only messages to this number',
				placeholder: 'e.g. +14155550123',
			},
			{
				displayName: 'Status',
				name: 'status',
				type: 'options',
				default: 'cancelled',
				description: 'Only changes to this status; leave empty for all of them',
				options: [
					{
						name: 'Cancelled',
						value: 'cancelled',
					},
					{
						name: 'Delivered',
						value: 'delivered',
					},
					{
						name: 'Failed',
						value: 'failed',
					},
					{
						name: 'Sent',
						value: 'sent',
					},
					{
						name: 'Unknown',
						value: 'unknown',
					},
				],
			},
		],
	},
	{
		displayName: 'Filters',
		name: 'filters',
		type: 'collection',
		placeholder: 'Add Filter',
		default: {},
		displayOptions: {
			show: {
				event: [
					'new-conversation',
				],
			},
		},
		options: [
			{
				displayName: 'Connection Name or ID',
				name: 'connection',
				type: 'options',
				default: '',
				description: 'Only messages from this connection; leave empty for all. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
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
				placeholder: 'e.g. see you',
			},
			{
				displayName: 'Device Name or ID',
				name: 'device_fingerprint',
				type: 'options',
				default: '',
				description: 'Only messages that reached this device. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
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
				description: 'Only messages from this number or sender name',
				placeholder: 'e.g. +14155550123',
			},
			{
				displayName: 'SIM Slot',
				name: 'sim_slot',
				type: 'options',
				default: 'SIM1',
				description: 'Only messages that reached this SIM',
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
				displayName: 'To',
				name: 'to',
				type: 'string',
				default: '',
				description: 'Only messages to this number of yours',
				placeholder: 'e.g. +14155550100',
			},
		],
	},
	{
		displayName: 'Filters',
		name: 'filters',
		type: 'collection',
		placeholder: 'Add Filter',
		default: {},
		displayOptions: {
			show: {
				event: [
					'opt-out-changed',
				],
			},
		},
		options: [
			{
				displayName: 'Change',
				name: 'change',
				type: 'options',
				default: 'in',
				description: 'Only people who opt out, or only those who opt in again; leave empty for both',
				options: [
					{
						name: 'Opted In Again',
						value: 'in',
					},
					{
						name: 'Opted Out',
						value: 'out',
					},
				],
			},
			{
				displayName: 'Connection Name or ID',
				name: 'connection',
				type: 'options',
				default: '',
				description: 'Only texts to this connection; leave empty for all. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
				typeOptions: {
					loadOptionsMethod: 'getConnections',
				},
			},
			{
				displayName: 'Phone',
				name: 'phone',
				type: 'string',
				default: '',
				description: 'Only wishes of this number',
				placeholder: 'e.g. +14155550123',
			},
		],
	},
];
