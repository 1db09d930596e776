import type { Migration } from './migration.ts';
import { migration as accounts } from './0010-accounts.ts';
import { migration as people } from './0020-people.ts';
import { migration as conversations } from './0030-conversations.ts';
import { migration as participants } from './0040-participants.ts';
import { migration as messages } from './0050-messages.ts';
import { migration as messageParts } from './0060-message-parts.ts';
import { migration as drafts } from './0070-drafts.ts';
import { migration as jobs } from './0080-jobs.ts';
import { migration as vault } from './0090-vault.ts';
import { migration as search } from './0200-search.ts';
import { migration as lateEvents } from './0300-late-events.ts';
import { migration as pushes } from './0400-pushes.ts';
import { migration as crm } from './0500-crm.ts';
import { migration as rooms } from './0510-rooms.ts';
import { migration as contacts } from './0520-people.ts';
import { migration as messageHints } from './0530-message-hints.ts';
import { migration as pushRules } from './0540-push-rules.ts';
import { migration as folders } from './0550-folders.ts';
import { migration as threads } from './0560-threads.ts';
import { migration as serviceWatch } from './0570-service-watch.ts';
import { migration as messageShields } from './0580-message-shields.ts';
import { migration as crmAutomation } from './0600-crm-automation.ts';
import { migration as threadDrafts } from './0610-thread-drafts.ts';

export type { Migration } from './migration.ts';

/** Every step, in order. Add at the end; then `node build/checks/migrations.mjs --lock`. */
export const migrations: readonly Migration[] = [
  accounts,
  people,
  conversations,
  participants,
  messages,
  messageParts,
  drafts,
  jobs,
  vault,
  search,
  lateEvents,
  pushes,
  crm,
  rooms,
  contacts,
  messageHints,
  pushRules,
  folders,
  threads,
  serviceWatch,
  messageShields,
  crmAutomation,
  threadDrafts,
];

export const newestVersion: number = migrations.at(-1)?.version ?? 0;
