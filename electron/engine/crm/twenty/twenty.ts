import type { Connector } from '../connector.ts';
import { Permanent } from '../errors.ts';
import { checkServerUrl } from '../http/check-server-url.ts';
import { addAttachment, findAttachments, withdrawAttachment } from './attachments.ts';
import { manifest } from './manifest.ts';
import { addNote, findNotes, withdrawNote } from './notes.ts';
import { createOpportunity, opportunityByKey } from './opportunities.ts';
import { pageOf } from './page-of.ts';
import { createPerson, fillPerson, findPeople, personByKey } from './people.ts';
import { probe } from './probe.ts';
import { readTwentyRecord } from './record.ts';

/** Twenty over REST: a person for the customer (below it an opportunity, if wanted), a note for each push, attachments beside them, all under ids of ours. */
export const twenty: Connector = {
  manifest,
  origin: (values) => checkServerUrl(values['url'] ?? '', { allowsPlainHttp: values['allowsPlainHttp'] === 'true' }),
  probe,
  findTargets: findPeople,
  findByKey: (context, role, key) => (role === 'contact' ? personByKey(context, key) : opportunityByKey(context, key)),
  createContact: createPerson,
  fillContact: fillPerson,
  createContainer: createOpportunity,
  findNotes,
  findFiles: findAttachments,
  append: addNote,
  attach: addAttachment,
  withdraw: (context, ref, key) => {
    if (ref.role === 'note') return withdrawNote(context, ref, key);
    if (ref.role === 'file') return withdrawAttachment(context, ref, key);
    return Promise.reject(new Permanent('rejected', { detail: `a ${ref.role} is not taken back from Twenty` }));
  },
  readRecord: readTwentyRecord,
  link: (values, ref) => pageOf(values, ref.kind === 'opportunity' ? 'opportunity' : 'person', ref.id),
};
