import type { FolderKeepingAbility } from '#bridge';

/** Folders of a network inside the test: does nothing and remembers what it was asked. */
export const createFakeFolderKeeping = (note: (name: string, ...args: readonly unknown[]) => void): FolderKeepingAbility => {
  const quietly =
    (name: string) =>
    (...args: readonly unknown[]): Promise<void> => {
      note(name, ...args);
      return Promise.resolve();
    };
  return {
    create: async (folder) => {
      note('folders.create', folder);
      return `made-${folder.name}`;
    },
    places: async (conversationId) => {
      note('folders.places', conversationId);
      return [{ folderId: 'folder', isIn: true, canArrange: true }, { folderId: 'not told yet', isIn: false, canArrange: true }];
    },
    canArrange: async () => true,
    put: quietly('folders.put'),
    take: quietly('folders.take'),
    move: quietly('folders.move'),
    invite: quietly('folders.invite'),
    leave: quietly('folders.leave'),
  };
};
