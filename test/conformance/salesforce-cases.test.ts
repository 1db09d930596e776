// takes: long
import { expect, it, onTestFinished } from 'vitest';
import { openPushWorld } from '../integration/crm/support/push-world.ts';
import { tempFolder } from '../kit/temp-folder.ts';
import { startSalesforce } from '../lab/crm/salesforce-server.ts';
import { describeConnector } from './connector.ts';
import { salesforceWrites, startSalesforceTarget } from './salesforce-target.ts';

describeConnector('Salesforce, into cases', {
  connectorId: 'salesforce',
  verifiedAgainst: 'contract',
  isFoundLate: true,
  raceRuns: 3,
  writes: { ...salesforceWrites, container: ({ method, path }) => method === 'PATCH' && path.includes('/Case/Palomar_Key__c/') },
  // Of the person who pushes, not of a queue: no assignment rule ran.
  record: [{ kind: 'case', facts: (name) => ({ name: `XMPP: ${name}`, owner: 'Jordi Llach', status: 'New', priority: 'Medium' }) }],
  start: () => startSalesforceTarget('case'),
});

it('says so where cases lack our field, and only to those who write to cases', async () => {
  const { server, clientId, agree } = await startSalesforce({ hasCaseKey: false });
  onTestFinished(() => server.kill());
  const world = openPushWorld({ profileDir: tempFolder('salesforce') });
  onTestFinished(() => world.stop());
  const values = { url: server.baseUrl, clientId };
  const refusal = { code: 'setup-incomplete', detail: expect.stringMatching(/external-id-missing.*"record":"Case"/) as string };
  await expect(world.connect('salesforce', { ...values, recordKind: 'case' }, agree)).rejects.toMatchObject({ rpcError: refusal });
  await world.connect('salesforce', values, agree);
});
