import type { Connector } from '../connector.ts';
import { Permanent } from '../errors.ts';
import { checkServerUrl } from '../http/check-server-url.ts';
import { addAttachment, findAttachments, withdrawAttachment } from './attachments.ts';
import { createIssue, findIssues, issuesByKey, withdrawIssue } from './issues.ts';
import { addJournal, findJournals, withdrawJournal } from './journals.ts';
import { manifest } from './manifest.ts';
import { probe } from './probe.ts';
import { changeIssue, readIssue } from './record.ts';

/** Redmine over REST: an issue for each conversation, a private note for each push, files beside them. */
export const redmine: Connector = {
  manifest,
  origin: (values) => checkServerUrl(values['url'] ?? '', { allowsPlainHttp: values['allowsPlainHttp'] === 'true' }),
  probe,
  findTargets: findIssues,
  findByKey: (context, role, key) => (role === 'container' ? issuesByKey(context, key) : Promise.resolve([])),
  createContainer: (context, draft, _contact, key) => createIssue(context, draft, key),
  findNotes: findJournals,
  findFiles: findAttachments,
  append: addJournal,
  attach: addAttachment,
  withdraw: (context, ref, key) => {
    if (ref.role === 'container') return withdrawIssue(context, ref, key);
    if (ref.role === 'note') return withdrawJournal(context, ref, key);
    if (ref.role === 'file') return withdrawAttachment(context, ref, key);
    return Promise.reject(new Permanent('rejected', { detail: `Redmine has no ${ref.role}` }));
  },
  readRecord: readIssue,
  changeRecord: changeIssue,
  link: (values, ref) => `${checkServerUrl(values['url'] ?? '', { allowsPlainHttp: true })}/issues/${Number(ref.id)}`,
};
