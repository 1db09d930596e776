import { computed, type Ref } from 'vue';
import { useI18n } from 'vue-i18n';
import type { NotifyLevel } from '#model';
import type { FolderDialog } from './features/folders/index.ts';
import type { PaletteCommand } from './features/search/commands.ts';
import { usePushLog } from './features/crm/usePushLog.ts';
import { useServiceAlerts } from './features/services/useServiceAlerts.ts';
import { useEngine, useSession, type ConversationId, type ServiceAlertRow } from './rpc/index.ts';
import { useNetworkName } from './useNetworkName.ts';

/** What the work screen can do, each under a name and maybe a shortcut. */
export interface WorkActions {
  readonly openId: Readonly<Ref<number | null>>;
  readonly pushNow: () => void;
  readonly previewPush: () => void;
  /** From the message with the focus; without one the usual preview. */
  readonly pushFromMessage: () => void;
  /** Done, or open again. */
  readonly toggleDone: () => void;
  readonly toggleUnread: () => void;
  /** The list to what the CRM lacks or has, or to what is open or done; once more: to all again. */
  readonly narrow: (status: 'never' | 'behind' | 'pushed' | 'open' | 'done') => void;
  readonly toggleRequests: () => void;
  readonly addContact: () => void;
  readonly startConversation: () => void;
  readonly startRoom: () => void;
  readonly findPeople: () => void;
  readonly openFolders: (dialog: FolderDialog) => void;
  readonly step: (direction: 1 | -1) => void;
  readonly focusComposer: () => void;
  readonly focusList: () => void;
  readonly togglePanel: () => void;
  readonly showThreads: () => void;
  readonly showPins: () => void;
  readonly manageAccount: (accountId: number, tab?: string) => void;
  /** Signs in again to the network behind a bridge that is out. */
  readonly renewLogin: (alert: ServiceAlertRow) => void;
  readonly go: (place: 'add-account' | 'add-connection' | 'connection-file' | 'connections' | 'pushes' | 'contacts' | 'inbox' | 'settings' | 'search') => void;
}

/** Every command of the palette, in the chosen language. */
export const useCommands = (actions: WorkActions): Readonly<Ref<readonly PaletteCommand[]>> => {
  const { t } = useI18n();
  const session = useSession();
  const engine = useEngine();
  const alerts = useServiceAlerts();
  const nameOf = useNetworkName();
  const log = usePushLog();

  const reconnectAll = (): void => {
    for (const { id, isEnabled } of session.accounts) {
      if (isEnabled) void engine.call('accounts.reconnect', { id }).catch(() => undefined);
    }
  };
  const toggleMute = async (): Promise<void> => {
    const id = actions.openId.value as ConversationId | null;
    if (id === null) return;
    const { row } = await engine.call('conversations.detail', { id });
    await engine.call('conversations.setMuted', { id, isMuted: !row.isMuted });
  };

  const setNotify = (level: NotifyLevel): void => {
    const id = actions.openId.value as ConversationId | null;
    if (id !== null) void engine.call('conversations.setNotify', { id, level }).catch(() => undefined);
  };
  const togglePin = async (): Promise<void> => {
    const id = actions.openId.value as ConversationId | null;
    if (id === null) return;
    const { row } = await engine.call('conversations.detail', { id });
    await engine.call('conversations.setPinned', { id, isPinned: !row.isPinned });
  };

  const askVoice = async (): Promise<void> => {
    const id = actions.openId.value as ConversationId | null;
    if (id === null) return;
    const { capabilities } = await engine.call('conversations.detail', { id });
    if (capabilities.canAskVoice) await engine.call('rooms.askVoice', { id });
  };

  /** Only of somebody who waits: to accept a person we talk to already would ask them for something. */
  const decide = async (decision: 'accept' | 'leave'): Promise<void> => {
    const id = actions.openId.value as ConversationId | null;
    if (id === null) return;
    const { row } = await engine.call('conversations.detail', { id });
    if (row.membership === 'invited' || row.membership === 'requested') await engine.call(`conversations.${decision}`, { id });
  };

  return computed(() => {
    const roomCommand = (id: string, act: () => void, keys?: string): PaletteCommand => ({ id, label: t(`rooms.command.${id}`), keys, act });
    const command = (id: string, act: () => void, keys?: string): PaletteCommand => ({ id, label: t(`command.${id}`), keys, act });
    const folderCommand = (id: 'newSpace' | 'arrange' | 'places', dialog: FolderDialog): PaletteCommand => ({
      id: `folders-${id}`,
      label: t(`folders.command.${id}`),
      act: () => actions.openFolders(dialog),
    });
    const openId = actions.openId.value as ConversationId | null;
    const ofFolders = session.accounts.some(({ abilities }) => abilities.includes('folderKeeping'))
      ? [
          folderCommand('newSpace', { kind: 'create', parentId: null }),
          folderCommand('arrange', { kind: 'arrange', id: null }),
          ...(openId === null ? [] : [folderCommand('places', { kind: 'places', conversationId: openId })]),
        ]
      : [];
    const ofConversation =
      actions.openId.value === null
        ? []
        : [
            command('pushNow', actions.pushNow, 'Ctrl ⏎'),
            command('preview', actions.previewPush, 'Ctrl Alt ⏎'),
            command('pushFromMessage', actions.pushFromMessage, 'P'),
            { id: 'toggleDone', label: t('followUp.markDone'), keys: 'E', act: actions.toggleDone },
            command('focusComposer', actions.focusComposer, 'C'),
            command('togglePanel', actions.togglePanel, 'Ctrl B'),
            { id: 'threads', label: t('thread.list'), act: actions.showThreads },
            { id: 'pins', label: t('pin.bar'), act: actions.showPins },
            command('mute', () => void toggleMute().catch(() => undefined)),
            roomCommand('acceptRequest', () => void decide('accept').catch(() => undefined)),
            roomCommand('declineRequest', () => void decide('leave').catch(() => undefined)),
            roomCommand('askVoice', () => void askVoice().catch(() => undefined)),
            roomCommand('pin', () => void togglePin().catch(() => undefined)),
            roomCommand('notifyAll', () => setNotify('all')),
            roomCommand('notifyMentions', () => setNotify('mentions')),
            roomCommand('notifyNone', () => setNotify('none')),
          ];
    return [
      ...ofConversation,
      command('newConversation', actions.startConversation, 'Ctrl N'),
      ...(session.accounts.some(({ abilities }) => abilities.includes('peopleSearch')) ? [command('findPeople', actions.findPeople)] : []),
      roomCommand('newRoom', actions.startRoom, 'Ctrl ⇧ N'),
      ...ofFolders,
      command('nextConversation', () => actions.step(1), 'Alt ↓'),
      command('previousConversation', () => actions.step(-1), 'Alt ↑'),
      command('focusList', actions.focusList, 'L'),
      command('toggleUnread', actions.toggleUnread, 'U'),
      ...(['never', 'behind', 'pushed', 'open', 'done'] as const).map((status) => command(`narrow.${status}`, () => actions.narrow(status))),
      command('toggleRequests', actions.toggleRequests),
      command('search', () => actions.go('search')),
      command('openInbox', () => actions.go('inbox'), 'Ctrl 1'),
      command('openPushes', () => actions.go('pushes'), 'Ctrl 2'),
      { id: 'pushLog', label: t('pushLog.save'), act: () => void log.save() },
      command('openContacts', () => actions.go('contacts'), 'Ctrl 3'),
      command('addContact', actions.addContact),
      command('presenceOnline', () => void session.set({ presence: 'online' })),
      command('presenceAway', () => void session.set({ presence: 'away' })),
      command('presenceBusy', () => void session.set({ presence: 'busy' })),
      command('presenceOffline', () => void session.set({ presence: 'offline' })),
      command('openSettings', () => actions.go('settings'), 'Ctrl ,'),
      ...session.accounts.map(
        ({ id, label, address }): PaletteCommand => ({
          id: `account-${id}`,
          label: t('accountPage.command', { account: label ?? address }),
          act: () => actions.manageAccount(id),
        }),
      ),
      ...session.accounts
        .filter(({ abilities }) => abilities.includes('diagnostics'))
        .flatMap(({ id, label, address }): PaletteCommand[] =>
          (['connection', 'console'] as const).map((tab) => ({
            id: `${tab}-${id}`,
            label: t(`diagnostics.open.${tab}`, { account: label ?? address }),
            act: () => actions.manageAccount(id, tab),
          })),
        ),
      ...session.accounts
        .filter(({ abilities }) => abilities.includes('services'))
        .map(({ id, label, address }): PaletteCommand => ({
          id: `services-${id}`,
          label: t('accountPage.servicesCommand', { account: label ?? address }),
          act: () => actions.manageAccount(id, 'services'),
        })),
      ...session.accounts
        .filter(({ abilities }) => abilities.includes('encryption'))
        .map(({ id, label, address }): PaletteCommand => ({
          id: `encryption-${id}`,
          label: t('encryption.command', { account: label ?? address }),
          act: () => actions.manageAccount(id, 'encryption'),
        })),
      ...alerts.value
        .filter(({ canSignIn }) => canSignIn)
        .map((alert): PaletteCommand => ({
          id: `renew-${alert.accountId}-${alert.subject}`,
          label: t('services.alert.again', { network: nameOf(alert.network) }),
          act: () => actions.renewLogin(alert),
        })),
      command('addAccount', () => actions.go('add-account')),
      command('addConnection', () => actions.go('add-connection')),
      command('connectionFile', () => actions.go('connection-file')),
      command('connections', () => actions.go('connections')),
      command('reconnect', reconnectAll),
      command('themeLight', () => void session.set({ theme: 'light' })),
      command('themeDark', () => void session.set({ theme: 'dark' })),
      command('themeContrast', () => void session.set({ theme: 'contrast' })),
    ];
  });
};
