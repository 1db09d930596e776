import type { ConnectorManifest } from '../connector.ts';
import { Permanent } from '../errors.ts';
import { checkServerUrl } from '../http/check-server-url.ts';

type Values = Readonly<Record<string, string>>;

interface Region {
  readonly accounts: string;
  readonly api: string;
  readonly pages: string;
}

const regionOf = (end: string): Region => ({ accounts: `https://accounts.zoho.${end}`, api: `https://www.zohoapis.${end}`, pages: `https://crm.zoho.${end}` });

/**
 * Zoho's data centres, each with records and accounts of its own (https://www.zoho.com/crm/developer/docs/api/v8/multi-dc.html).
 * They are named here and not taken from an answer: what a server says must not decide where tokens go.
 */
const regions: Readonly<Record<string, Region>> = {
  eu: regionOf('eu'),
  us: regionOf('com'),
  in: regionOf('in'),
  au: regionOf('com.au'),
  jp: regionOf('jp'),
  uk: regionOf('uk'),
  ca: { accounts: 'https://accounts.zohocloud.ca', api: 'https://www.zohoapis.ca', pages: 'https://crm.zohocloud.ca' },
  sa: regionOf('sa'),
  cn: regionOf('com.cn'),
};

function addressOf(values: Values, what: keyof Region): string {
  const own = values['url'] ?? '';
  if (own !== '') return checkServerUrl(own, { allowsPlainHttp: false });
  const region = regions[values['region'] || 'eu'];
  if (region === undefined) throw new Permanent('rejected', { detail: `Zoho has no data centre ${values['region']}` });
  return region[what];
}

export const apiAddress = (values: Values): string => addressOf(values, 'api');
export const pagesAddress = (values: Values): string => addressOf(values, 'pages');

/** Zoho wants commas between them, so they are one word here. */
const scopes = [
  ...['contacts', 'leads', 'deals', 'notes', 'attachments'].map((module) => `ZohoCRM.modules.${module}.ALL`),
  'ZohoCRM.coql.READ',
  'ZohoCRM.settings.fields.READ',
  'ZohoCRM.users.READ',
  'ZohoSearch.securesearch.READ',
].join(',');

const common = {
  verifiedAgainst: 'contract',
  chooses: 'contact',
  marker: 'body',
  filesTravelWithNote: false,
  // A note holds 32,000 characters.
  maxBodyChars: 30_000,
  maxFileBytes: 20 * 1000 * 1000,
  unique: { contact: 'server', container: 'server', note: 'marker', file: 'marker' },
  canWithdraw: { contact: false, container: false, note: true, file: true },
  // What we write says `trigger: []`: no workflow of the company starts with it.
  sendsMail: [],
  oauth: {
    grant: 'authorization-code',
    authorizationEndpoint: (values: Values) => `${addressOf(values, 'accounts')}/oauth/v2/auth`,
    tokenEndpoint: (values: Values) => `${addressOf(values, 'accounts')}/oauth/v2/token`,
    scopes: [scopes],
    clientIdField: 'clientId',
    clientSecretField: 'clientSecret',
    clientAuthentication: 'post',
    // Without the second word it gives no refresh token to somebody who has agreed before.
    extra: { access_type: 'offline', prompt: 'consent' },
  },
} as const;

const fields: ConnectorManifest['fields'] = [
  { name: 'region', kind: 'choice', isRequired: true, isAdvanced: false, options: Object.keys(regions) },
  { name: 'clientId', kind: 'text', isRequired: true, isAdvanced: false, placeholder: '1000.…' },
  { name: 'clientSecret', kind: 'password', isRequired: false, isAdvanced: false },
];
const url: ConnectorManifest['fields'][number] = { name: 'url', kind: 'url', isRequired: false, isAdvanced: true, placeholder: 'https://www.zohoapis.eu' };

/** Contacts, with the notes on them or on a deal below. */
export const manifest: ConnectorManifest = {
  ...common,
  id: 'zoho',
  name: 'Zoho CRM',
  fields: [...fields, { name: 'recordKind', kind: 'choice', isRequired: false, isAdvanced: true, options: ['contact', 'deal'] }, url],
  recordKinds: ['contact', 'deal'],
};

/** People who are no contacts yet: a lead there is a person, and becomes a contact when somebody converts it. */
export const leadsManifest: ConnectorManifest = { ...common, id: 'zoho-leads', name: 'Zoho CRM: leads', fields: [...fields, url], recordKinds: ['lead'] };
