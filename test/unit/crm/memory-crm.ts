import type { Candidate, Connector, FrozenChunk, RemoteRef } from '../../../electron/engine/crm/connector.ts';
import { Permanent } from '../../../electron/engine/crm/errors.ts';
import type { ConnectorError } from '../../../electron/engine/crm/errors.ts';
import { manifest } from '../../../electron/engine/crm/tryton/manifest.ts';

/** A CRM of contacts and notes in memory, which fails and answers as it is told. */
export interface MemoryCrm {
  readonly connector: Connector;
  readonly contacts: { readonly ref: RemoteRef; readonly key: string }[];
  readonly notes: { readonly ref: RemoteRef; readonly chunk: FrozenChunk; readonly parentId: string }[];
  candidates: readonly Candidate[];
  /** Taken one after the other by the next writes. */
  readonly failures: ConnectorError[];
  /** Every call, by name. */
  readonly calls: string[];
}

export function createMemoryCrm(): MemoryCrm {
  let nextId = 100;
  const crm: MemoryCrm = {
    contacts: [],
    notes: [],
    candidates: [],
    failures: [],
    calls: [],
    connector: {
      manifest: { ...manifest, id: 'memory', name: 'Memory', fields: [{ name: 'password', kind: 'password', isRequired: true, isAdvanced: false }] },
      origin: () => null,
      link: (_, ref) => `https://crm.example/${ref.id}`,
      probe: async () => ({ isUsable: true, signedInAs: 'me', version: '1', findings: [] }),
      findTargets: async () => {
        crm.calls.push('findTargets');
        failIfTold();
        return crm.candidates;
      },
      findByKey: async (_, __, key) => crm.contacts.filter((contact) => contact.key === key).map(({ ref }) => ref),
      findNotes: async (_, parent, key) => {
        crm.calls.push('findNotes');
        return crm.notes
          .filter((note) => note.parentId === parent.id && (key === null || note.chunk.key === key))
          .map(({ ref, chunk }) => ({ ref, key: chunk.key, last: chunk.last }));
      },
      createContact: async (_, draft, key) => {
        crm.calls.push('createContact');
        failIfTold();
        const ref: RemoteRef = { role: 'contact', kind: 'party', id: String(nextId++), title: draft.name };
        crm.contacts.push({ ref, key });
        return ref;
      },
      append: async (_, parent, chunk) => {
        crm.calls.push('append');
        failIfTold();
        const ref: RemoteRef = { role: 'note', kind: 'note', id: String(nextId++) };
        crm.notes.push({ ref, chunk, parentId: parent.id });
        return ref;
      },
      withdraw: async (_, ref) => {
        const index = crm.notes.findIndex((note) => note.ref.id === ref.id);
        if (index < 0) throw new Permanent('record-gone');
        crm.notes.splice(index, 1);
      },
    },
  };
  return crm;

  function failIfTold(): void {
    const failure = crm.failures.shift();
    if (failure) throw failure;
  }
}
