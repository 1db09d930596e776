/** Folders that a network keeps conversations in. */
export const folders = {
  folders: {
    all: 'All spaces',
    unread: '{n} unread conversation | {n} unread conversations',
    browse: 'What is in {name} …',
    sheet: 'In {name}',
    isFolder: 'space',
    empty: 'There is nothing in it that you may see.',
    joined: 'You are in it',
    enterOne: 'Enter {name}',
  },
};
