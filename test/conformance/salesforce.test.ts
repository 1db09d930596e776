// takes: long
import { describeConnector } from './connector.ts';
import { salesforceWrites, startSalesforceTarget } from './salesforce-target.ts';

describeConnector('Salesforce', {
  connectorId: 'salesforce',
  verifiedAgainst: 'contract',
  isFoundLate: true,
  raceRuns: 6,
  writes: salesforceWrites,
  record: [{ kind: 'contact', facts: (name) => ({ name, owner: 'Jordi Llach', openTickets: [] }), later: () => ({ openTickets: [{ title: 'It does not print', status: 'Working' }] }) }],
  start: () => startSalesforceTarget('contact'),
});
