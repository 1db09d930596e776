import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readMailFiles } from '../lab/index.ts';
import { describeConnector } from './connector.ts';
import type { TestTarget } from './connector.ts';

describeConnector('e-mail files', {
  connectorId: 'mail-folder',
  raceRuns: 20,
  writes: null,
  start: async (): Promise<TestTarget> => {
    const root = mkdtempSync(join(tmpdir(), 'palomar-mails-'));
    const scratch = mkdtempSync(join(tmpdir(), 'palomar-mails-read-'));
    return {
      values: { folder: root, senderAddress: 'marta@palomar.example' },
      server: null,
      mailCount: null,
      inspect: async (name) => {
        const folders = readdirSync(root).filter((one) => one.includes(`${name} `));
        const paths = folders.flatMap((folder) => readdirSync(join(root, folder)).filter((one) => one.startsWith('note ')).map((one) => join(root, folder, one)));
        paths.sort((a, b) => statSync(a).mtimeMs - statSync(b).mtimeMs);
        const mails = await readMailFiles(paths, scratch);
        const wrong = mails.flatMap(({ defects, headers }) => [...defects, ...(/^<[^>]+@palomar\.example>$/.test(headers['in-reply-to'] ?? '') ? [] : ['no thread'])]);
        if (wrong.length > 0) throw new Error(wrong.join('; '));
        return { records: folders.map((id) => ({ id })), notes: mails.map(({ text }) => text), files: mails.flatMap(({ files }) => files) };
      },
      stop: async () => {
        rmSync(root, { recursive: true, force: true });
        rmSync(scratch, { recursive: true, force: true });
      },
    };
  },
});
