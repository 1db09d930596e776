/** `Tryton · Party`: where a conversation was pushed, as the list shows it. */
export const pushTag = (connectionName: string, recordKind: string): string =>
  `${connectionName} · ${recordKind.charAt(0).toUpperCase()}${recordKind.slice(1)}`;
