import type { CrmService } from '../../crm/index.ts';
import type { DomainHandlers } from '../handlers.ts';

export const createCrmHandlers = (crm: CrmService): DomainHandlers<'crm'> => ({
  'crm.connectors': () => crm.connectors(),
  'crm.connections': () => crm.connections(),
  'crm.connect': (input) => crm.connect(input),
  'crm.beginSignIn': (input) => crm.beginSignIn(input),
  'crm.finishSignIn': (input) => crm.finishSignIn(input),
  'crm.cancelSignIn': (input) => crm.cancelSignIn(input),
  'crm.exportSetup': (input) => crm.exportSetup(input),
  'crm.readSetup': (input) => crm.readSetup(input),
  'crm.probe': (input) => crm.probe(input),
  'crm.updateConnection': (input) => crm.updateConnection(input),
  'crm.renew': (input) => crm.renew(input),
  'crm.disconnect': (input) => crm.disconnect(input),
  'crm.plan': (input) => crm.plan(input),
  'crm.push': (input) => crm.push(input),
  'crm.pushNow': (input) => crm.pushNow(input),
  'crm.cancel': (input) => crm.cancel(input),
  'crm.retry': (input) => crm.retry(input),
  'crm.withdraw': (input) => crm.withdraw(input),
  'crm.queue': (input) => crm.queue(input),
  'crm.audit': (input) => crm.audit(input),
  'crm.neverPush': (input) => crm.neverPush(input),
  'crm.setNeverPush': (input) => crm.setNeverPush(input),
  'crm.summary': (input) => crm.summary(input),
});
