/** JSON strings of plain text are Lua strings too. */
export function lua(text: string): string {
  return JSON.stringify(text);
}

export function luaList(texts: readonly string[]): string {
  return `{ ${texts.map(lua).join(', ')} }`;
}
