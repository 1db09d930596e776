import { randomBytes } from 'node:crypto';
import type { BridgeDefinition, BridgeEvent, Json } from '#bridge';
import type { AccountId } from '#model';
import type { AppInfo, AttachmentId, ConversationId, MessageId } from '#rpc';
import { bridges as registered } from '#registry';
import { createActivity } from './accounts/activity.ts';
import { createAccountService } from './accounts/account-service.ts';
import { createSupervisor } from './accounts/supervisor.ts';
import { createFetchMessage } from './conversations/fetch-message.ts';
import { createHistoryLoader } from './conversations/load-older.ts';
import { createThreadLoader } from './conversations/thread-loader.ts';
import type { Connector, PrintPage } from './crm/connector.ts';
import { createCrmService } from './crm/index.ts';
import type { Engine } from './engine.ts';
import { createDialogDesk } from './dialogs/dialog-desk.ts';
import { createDialogRequests } from './dialogs/dialog-requests.ts';
import { createPlainConsents } from './conversations/plain-consents.ts';
import { createFileFolder } from './files/file-folder.ts';
import { createFileService } from './files/file-service.ts';
import { createPushFiles } from './files/push-files.ts';
import { createStaging } from './files/staging.ts';
import { storedFileNames } from './files/stored-file-names.ts';
import { createFolderTokens } from './folders/folder-tokens.ts';
import { createLog, type Log } from './log/log.ts';
import { JobQueue } from './outbox/job-queue.ts';
import { createDeleteMessage } from './outbox/jobs/delete-message.ts';
import { createEditMessage } from './outbox/jobs/edit-message.ts';
import { createMarkRead } from './outbox/jobs/mark-read.ts';
import { createReact } from './outbox/jobs/react.ts';
import { createSendMessage } from './outbox/jobs/send-message.ts';
import { createMessageExpiry } from './messages/message-expiry.ts';
import { createVote } from './outbox/jobs/vote.ts';
import { createOutbox } from './outbox/outbox.ts';
import { createAvatarService } from './people/avatar-service.ts';
import { createOwnPresence } from './people/own-presence.ts';
import { createUploads } from './outbox/uploads.ts';
import { createPublisher } from './publisher.ts';
import { createEventHub } from './rpc/event-hub.ts';
import { createRpcServer } from './rpc/rpc-server.ts';
import { createAccountHandlers } from './rpc/domains/accounts.ts';
import { createAppHandlers } from './rpc/domains/app.ts';
import { createArchiveHandlers } from './rpc/domains/archive.ts';
import { createConversationHandlers } from './rpc/domains/conversations.ts';
import { createCrmHandlers } from './rpc/domains/crm.ts';
import { createFollowUpHandlers } from './rpc/domains/follow-up.ts';
import { createFolderHandlers } from './rpc/domains/folders.ts';
import { createDiagnosticsHandlers } from './rpc/domains/diagnostics.ts';
import { createEncryptionHandlers } from './rpc/domains/encryption.ts';
import { createDialogHandlers } from './rpc/domains/dialogs.ts';
import { createPeopleHandlers } from './rpc/domains/people.ts';
import { createFileHandlers } from './rpc/domains/files.ts';
import { createMessageHandlers } from './rpc/domains/messages.ts';
import { createPinHandlers } from './rpc/domains/pins.ts';
import { createPollHandlers } from './rpc/domains/polls.ts';
import { createThreadHandlers } from './rpc/domains/threads.ts';
import { createRoomHandlers } from './rpc/domains/rooms.ts';
import { createSearchHandlers } from './rpc/domains/search.ts';
import { createServiceHandlers } from './rpc/domains/services.ts';
import { createVaultHandlers } from './rpc/domains/vault.ts';
import { createSettings } from './settings/settings.ts';
import { openStore } from './store/open-store.ts';
import { accounts } from './store/repositories/accounts.ts';
import { attachments } from './store/repositories/attachments.ts';
import { avatars } from './store/repositories/avatars.ts';
import { conversations } from './store/repositories/conversations.ts';
import { messages } from './store/repositories/messages.ts';
import { setSlowQueryListener } from './store/statements.ts';
import { Pipeline } from './sync/pipeline.ts';
import { openVault } from './vault/vault.ts';
import { createWatchdog } from './watchdog/watchdog.ts';

export interface EngineOptions {
  readonly profileDir: string;
  readonly appVersion: string;
  readonly host: AppInfo['host'];
  /** 32 bytes from the keychain of the system; null where there is none. */
  readonly vaultKey: Uint8Array | null;
  readonly log?: Log | undefined;
  readonly bridges?: readonly BridgeDefinition[] | undefined;
  /** All that are built in unless told. */
  readonly connectors?: readonly Connector[] | undefined;
  readonly now?: (() => number) | undefined;
  /** Only where the host has a window of its own. */
  readonly printPage?: PrintPage | undefined;
}

/** Batches of this size make room for others before the next one: a long catch-up must not make the page wait. */
const largeBatch = 100;
const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/**
 * Puts the engine together: the one place that knows every part. What the store holds can be shown when this
 * returns; accounts connect after it.
 * @throws StoreError `profile-in-use`, `newer-database`, `wrong-key`
 */
export const createEngine = async (options: EngineOptions): Promise<Engine> => {
  const { profileDir, appVersion, host, vaultKey, bridges = registered, now = Date.now } = options;
  const store = openStore(profileDir);
  const { db } = store;
  const log = options.log ?? createLog({ profileDir, now });
  setSlowQueryListener((sql, tookMs) => log.warn('slow query', { sql, tookMs: Math.round(tookMs) }));

  const events = createEventHub();
  const settings = createSettings(db, events);
  const folder = createFileFolder(profileDir);
  const staging = createStaging(profileDir);
  const folderTokens = createFolderTokens({ salt: randomBytes(32).toString('hex'), acceptsTypedPaths: host === 'browser' });
  const vault = openVault({
    profileDir,
    hostKey: vaultKey,
    now,
    onChange: (protection) => {
      events.emit('vault.changed', { protection });
      supervisor.startAll();
      crm.wake();
    },
  });

  attachments.resetFetching(db);
  messages.resetSending(db);
  avatars.removeUnused(db);
  const fileNames = storedFileNames(db);
  folder.sweep((fileName) => fileNames.has(fileName));

  const publisher = createPublisher({ db, events, now, settings: settings.get, removeFiles: folder.remove });
  const pipeline = new Pipeline(db, { nowMs: now });
  const ingest = async (accountId: AccountId, batch: readonly BridgeEvent[], savedState: Json | undefined): Promise<void> => {
    const changes = pipeline.ingest(accountId, batch, savedState);
    history.noteChanges(changes);
    publisher.publish(changes);
    if (changes.messages.size > 0) expiry.check();
    watchdog.noteChanges(changes);
    if (changes.wantsAvatars) pictures.wake(accountId);
    if (changes.quarantinedCount > 0) log.warn('events put aside', { accountId, count: changes.quarantinedCount });
    for (const event of batch) if (event.type === 'security') log.warn('security', { accountId, rule: event.rule });
    if (batch.length >= largeBatch) await nextTurn();
  };

  const supervisor = createSupervisor({
    db,
    profileDir,
    bridges,
    vault,
    events,
    log,
    now,
    ingest,
    onState: (id, state) => {
      // Before anything of us is said: an invisible person must not be seen even for a moment.
      if (state === 'connecting') {
        ownPresence.tell(id);
        plainConsents.tell(id, sessionOf(id));
      }
      if (state !== 'online') return publisher.forgetPresence(id);
      queue.wake(id);
      pictures.wake(id);
      ownPresence.tell(id);
      activity.tell(id);
      crm.wake();
    },
  });
  const { sessionOf, isOnline } = supervisor;
  const watchdog = createWatchdog({ db, events, isOnline, now, mayCall: () => settings.get().notifications !== 'off' });
  const pictures = createAvatarService({
    db,
    folder,
    sessionOf,
    isOnline,
    log,
    onChange: (accountId, ids) => {
      publisher.contactsChanged(accountId);
      publisher.picturesChanged(accountId);
      for (const id of ids) publisher.conversationChanged(id);
    },
  });
  const activity = createActivity({ sessionOf, accountIds: () => accounts.list(db).map(({ id }) => id) });
  const ownPresence = createOwnPresence({
    sessionOf,
    accountIds: () => accounts.list(db).map(({ id }) => id),
    settings: settings.get,
    log,
  });
  events.listen((event) => event === 'settings.changed' && ownPresence.tellAll());
  const onGapChanged = (conversationId: ConversationId, ids: readonly MessageId[]): void =>
    void events.emit('messages.changed', { conversationId, ids, removedIds: [], hasNewest: false });
  const history = createHistoryLoader({ db, sessionOf, onGapChanged });
  const fetchMessage = createFetchMessage({ db, sessionOf, onGapChanged });
  const files = createFileService({
    db,
    folder,
    sessionOf,
    log,
    onChange: ({ messageId }) => {
      const conversationId = messages.get(db, messageId)?.conversationId;
      if (conversationId === undefined) return;
      events.emit('messages.changed', { conversationId, ids: [messageId], removedIds: [], hasNewest: false });
    },
  });

  const { publish } = publisher;
  const uploads = createUploads({ onProgress: (progress) => events.emit('uploads.changed', progress), now });
  const expiry = createMessageExpiry({ db, publish, now });
  const plainConsents = createPlainConsents(db, now);
  const jobKinds = [
    createSendMessage(db, folder, uploads),
    createEditMessage(db),
    createDeleteMessage(db, now),
    createReact(db),
    createVote(db),
    createMarkRead(),
  ];
  const queue = new JobQueue({
    db,
    definitions: jobKinds,
    sessionOf,
    isOnline,
    publish,
    onRefused: (refusal) => events.emit('action.refused', refusal),
    now,
    log,
  });
  const outbox = createOutbox({ db, folder, publish, now, queue });
  const accountService = createAccountService({
    db,
    bridges,
    vault,
    supervisor,
    events,
    now,
    onRemoved: (id, names) => {
      pipeline.forget(id);
      folder.remove(names);
    },
  });
  const dialogs = createDialogDesk({
    bridges,
    sessionOf,
    toRequest: createDialogRequests(db),
    takeLogin: accountService.take,
    accountBefore: accountService.before,
  });
  const crm = createCrmService({
    db,
    vault,
    files: createPushFiles(db, files),
    resolveFolder: folderTokens.pathOf,
    nowMs: now,
    locale: () => settings.get().locale,
    undoMs: () => settings.get().pushUndoSeconds * 1_000,
    connectors: options.connectors,
    printPage: options.printPage,
    notify: {
      pushChanged: (push) => {
        events.emit('crm.changed', { conversationId: push.conversationId, push });
        publisher.conversationChanged(push.conversationId);
      },
      lineAdded: (conversationId, messageId) =>
        events.emit('messages.changed', { conversationId, ids: [messageId], removedIds: [], hasNewest: true }),
      messagesChanged: (conversationId, ids) =>
        events.emit('messages.changed', { conversationId, ids, removedIds: [], hasNewest: false }),
      connectionsChanged: () => events.emit('connections.changed', { connections: crm.connections() }),
    },
  });

  const server = createRpcServer(
    {
      ...createAppHandlers({ version: appVersion, host, bridges, vault, settings, supervisor, activity, crm }),
      ...createVaultHandlers(vault),
      ...createAccountHandlers(accountService),
      ...createConversationHandlers({ db, sessionOf, publisher, outbox, settings, plainConsents, onRead: expiry.check, now }),
      ...createRoomHandlers({ db, sessionOf, publisher }),
      ...createThreadHandlers({ db, loader: createThreadLoader({ db, sessionOf, fetchMessage }), outbox, settings, onRead: expiry.check, now }),
      ...createPollHandlers({ db, sessionOf, outbox }),
      ...createPinHandlers({ db, sessionOf, fetchMessage }),
      ...createMessageHandlers({ db, sessionOf, history, outbox, staging, uploads, plainConsents, now }),
      ...createArchiveHandlers(sessionOf),
      ...createPeopleHandlers({ db, sessionOf, publisher, ownPresence, now }),
      ...createFileHandlers(files, staging),
      ...createEncryptionHandlers({ db, sessionOf, staging }),
      ...createSearchHandlers(db),
      ...createCrmHandlers(crm),
      ...createFollowUpHandlers(crm.followUp, publisher.conversationChanged),
      ...createFolderHandlers({ db, sessionOf }),
      ...createDiagnosticsHandlers({ db, sessionOf, now }),
      ...createDialogHandlers(dialogs),
      ...createServiceHandlers({ db, sessionOf, watchdog }),
    },
    events,
    log,
  );

  // The first page is shown from the store; networks may take their time.
  const starting = setImmediate(() => {
    supervisor.startAll();
    crm.start();
    expiry.check();
    watchdog.start();
  });
  log.info('engine started', { version: appVersion, host, protection: vault.protection() });

  let stopped: Promise<void> | null = null;
  const stop = async (): Promise<void> => {
    clearImmediate(starting);
    files.stop();
    expiry.stop();
    watchdog.stop();
    pictures.stop();
    await dialogs.stop();
    await Promise.all([queue.stop(), crm.stop()]);
    await supervisor.stopAll();
    events.flush();
    publisher.stop();
    store.close();
    log.info('engine stopped');
  };

  return {
    handleClient: server.serve,
    listen: events.listen,
    glance: () => ({ settings: settings.get(), totalUnread: conversations.totalUnread(db) }),
    host: {
      'host.avatar': ({ avatarId }) => pictures.hostFile(avatarId),
      'host.file': ({ attachmentId }) => files.hostFile(attachmentId as AttachmentId),
      'host.stage': async ({ name, mime }) => staging.reserve(name, mime),
      'host.staged': async ({ id, sizeBytes }) => {
        await staging.complete(id, sizeBytes);
        return { isReady: true };
      },
      'host.folder': async ({ path }) => folderTokens.give(path),
      'host.wake': async () => {
        supervisor.reconnectAll();
        crm.wake();
        return { isDone: true };
      },
    },
    stop: () => (stopped ??= stop()),
  };
};
