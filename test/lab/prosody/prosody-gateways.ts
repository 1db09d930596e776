import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { lua } from './lua.ts';

/**
 * What a gateway such as slidge asks for (XEP-0356): rosters, carbons of what was written elsewhere, bookmarks and
 * upload slots in the name of the person.
 */
export function privilegesOf(addresses: readonly string[]): string {
  if (addresses.length === 0) return '';
  const rights = `{
    roster = "both", message = "outgoing", presence = "roster",
    iq = {
      ["http://jabber.org/protocol/pubsub"] = "both",
      ["http://jabber.org/protocol/pubsub#owner"] = "set",
      ["urn:xmpp:http:upload:0"] = "get",
    },
  }`;
  return `  privileged_entities = {\n${addresses.map((address) => `  [${lua(address)}] = ${rights},`).join('\n')}\n  }`;
}

/** One section for each component that connects from outside, all with the same secret. */
export function componentSections(addresses: readonly string[], secret: string): string {
  const section = (address: string): string =>
    `Component ${lua(address)}\n  component_secret = ${lua(secret)}\n  modules_enabled = { "privilege" }\n`;
  return addresses.map(section).join('\n');
}

/**
 * Debian's mod_privilege of 2023 nests the second `<namespace>` into the first, so that a gateway sees one right
 * only, and which one changes from start to start. A corrected copy goes into the folder of the server.
 * @returns the folder to look for modules in, before the system's
 */
export function correctedPrivilegeModule(systemModules: string, folder: string): string {
  const text = readFileSync(join(systemModules, 'mod_privilege', 'mod_privilege.lua'), 'utf8');
  const corrected = text.replace(/(message:tag\("namespace", \{ns=namespace, type=perm_type\}\))(?!:up)/, '$1:up()');
  const plugins = join(folder, 'plugins');
  mkdirSync(join(plugins, 'mod_privilege'), { recursive: true });
  writeFileSync(join(plugins, 'mod_privilege', 'mod_privilege.lua'), corrected);
  return plugins;
}
