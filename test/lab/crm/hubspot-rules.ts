import { require } from './contract-server.ts';

export interface Filter {
  readonly propertyName: string;
  readonly operator: string;
  readonly value?: string | undefined;
  readonly values?: readonly string[] | undefined;
}

/** Properties that may be written, by object; `*` is required. From the guides of each object. */
export const writable: Readonly<Record<string, readonly string[]>> = {
  contacts: ['firstname', 'lastname', 'email', 'phone', 'mobilephone', 'company', 'lifecyclestage', 'palomar_key'],
  deals: ['dealname*', 'pipeline*', 'dealstage*', 'palomar_key'],
  tickets: ['subject*', 'hs_pipeline*', 'hs_pipeline_stage*', 'hs_ticket_priority', 'palomar_key'],
  notes: ['hs_timestamp*', 'hs_note_body', 'hs_attachment_ids', 'hubspot_owner_id'],
};

const searchable = ['firstname', 'lastname', 'email', 'phone', 'mobilephone', 'hs_searchable_calculated_phone_number', 'hs_searchable_calculated_mobile_number', 'palomar_key'];

export function onlyKeys(body: Readonly<Record<string, unknown>>, known: readonly string[]): void {
  for (const name of Object.keys(body)) require(known.includes(name), `no field ${name} in the body`);
}

/** IN takes `values`, the others `value`; strings of IN are lower case. */
export function checkFilter(filter: Filter): void {
  require(searchable.includes(filter.propertyName), `no property ${filter.propertyName} to search`);
  require(['EQ', 'IN', 'CONTAINS_TOKEN'].includes(filter.operator), `operator ${filter.operator}`);
  if (filter.operator !== 'IN') return require(typeof filter.value === 'string', 'a filter without value');
  require(Array.isArray(filter.values) && filter.values.length > 0 && filter.value === undefined, 'IN wants values');
  require(filter.values.every((value) => value === value.toLowerCase()), 'values of IN are lower case');
}

/** Calculated numbers hold area code and local number only. */
export function matches(properties: Readonly<Record<string, string>>, filter: Filter): boolean {
  const wanted = (filter.values ?? [filter.value ?? '']).map((value) => value.toLowerCase());
  const calculated = /^hs_searchable_calculated_(phone|mobile)_number$/.exec(filter.propertyName)?.[1];
  const own = properties[calculated === undefined ? filter.propertyName : calculated === 'phone' ? 'phone' : 'mobilephone'];
  if (own === undefined) return false;
  return wanted.includes(calculated === undefined ? own.toLowerCase() : nationalOf(own));
}

/** Only for the countries of our tests. */
const nationalOf = (phone: string): string => phone.replace(/\(0\)/, '').replace(/[^\d+]/g, '').replace(/^(?:\+|00)(?:34|49|372)/, '').replace(/^0/, '');

/** Which objects a new one is tied to; each type has to be the one HubSpot defines for that pair. */
export function readAssociations(type: string, given: unknown, types: Readonly<Record<string, number>>): readonly { readonly type: string; readonly id: string }[] {
  if (given === undefined) return [];
  require(Array.isArray(given), 'associations are a list');
  return given.map((one: { to?: { id?: string }; types?: { associationCategory?: string; associationTypeId?: number }[] }) => {
    const [kind] = one.types ?? [];
    require(typeof one.to?.id === 'string' && kind?.associationCategory === 'HUBSPOT_DEFINED', 'an association has to.id and types');
    const pair = Object.entries(types).find(([name, id]) => id === kind.associationTypeId && name.startsWith(`${type} `));
    require(pair !== undefined, `associationTypeId ${kind.associationTypeId} from ${type}`);
    return { type: pair[0].split(' ')[1] ?? '', id: one.to.id };
  });
}

/** Not in their order, as they may come. */
export const pipelinesOf = (type: string) => [
  { id: 'later', label: 'Later', displayOrder: 1, stages: [{ id: 'x', displayOrder: 0 }] },
  {
    id: type === 'deals' ? 'default' : '0',
    label: 'Sales',
    displayOrder: 0,
    stages: [
      { id: type === 'deals' ? 'closedwon' : '4', displayOrder: 5 },
      { id: type === 'deals' ? 'appointmentscheduled' : '1', label: type === 'deals' ? 'Appointment scheduled' : 'New', displayOrder: 0 },
    ],
  },
];

/** The property of contacts, as the properties API tells it. */
export const lifecycleStage = {
  name: 'lifecyclestage',
  label: 'Lifecycle Stage',
  type: 'enumeration',
  fieldType: 'radio',
  options: [{ label: 'Lead', value: 'lead' }, { label: 'Customer', value: 'customer' }].map((option, displayOrder) => ({ ...option, displayOrder, hidden: false })),
};
