import type { ExtensionDefinition } from './extension.ts';
import { referenceNamespace } from './extensions/0372-references.ts';
import { spoilerNamespace } from './extensions/0382-spoilers.ts';
import { stylingNamespace } from './extensions/0393-message-styling.ts';
import { fileSharingNamespace } from './extensions/0447-stateless-file-sharing.ts';
import { ephemeralNamespace } from './extensions/0466-ephemeral-messages.ts';

const features = [
  ephemeralNamespace,
  fileSharingNamespace,
  referenceNamespace,
  spoilerNamespace,
  stylingNamespace,
  'urn:xmpp:esfs:0',
  'urn:xmpp:file:metadata:0',
  'urn:xmpp:hash-function-text-names:sha-256',
  'urn:xmpp:hashes:2',
  'urn:xmpp:mentions:0',
  'urn:xmpp:sims:1',
  'urn:xmpp:thumbs:1',
];

/** The limit for files has to be known before somebody chooses one, so it is asked for right after sign-in. */
const attach: ExtensionDefinition['attach'] = (context) => ({
  features,
  online: async () => void (await context.link.services.findUpload()),
});

/** What we read in messages, told to everybody (XEP-0030); the reading itself is in `message-content` and `message-files`. */
export const messageFeatures: ExtensionDefinition = { name: 'message-features', attach };
