// @vitest-environment jsdom
// needs: nothing
import { mount } from '@vue/test-utils';
import { expect, it, vi } from 'vitest';
import { defineComponent } from 'vue';
import type { AuditRow, Shell } from '#rpc';
import { usePushLog } from '../../../renderer/features/crm/usePushLog.ts';
import { createMessages } from '../../../renderer/i18n/i18n.ts';
import { createEngineClient, engineKey } from '../../../renderer/rpc/index.ts';
import { createToasts, toastsKey } from '../../../renderer/ui/useToasts.ts';
import { createFakeEngine } from '../../kit/fake-engine/fake-engine-port.ts';

const rowOf = (id: number): AuditRow => ({
  id,
  atMs: Date.UTC(2026, 10, 22, 9, 0, id),
  account: 'ana@shop.example',
  conversationTitle: id === 1 ? '=HYPERLINK("x")' : 'Marta, "M"',
  connectionName: 'Tryton',
  action: id === 1 ? 'created' : 'written',
  recordKind: 'note',
  recordId: '77',
  detail: null,
});

it('saves all pages of the log as one table, oldest first; what looks like a formula is text', async () => {
  const all = Array.from({ length: 501 }, (_, index) => rowOf(501 - index));
  const pages = [all.slice(0, 500), all.slice(500)];
  const engine = createFakeEngine({ answers: { 'crm.audit': () => pages.shift() ?? [] } });
  const client = createEngineClient({ connect: () => Promise.resolve(engine) } as unknown as Shell);
  await client.connect();
  const saved: Blob[] = [];
  const makeUrl = vi.fn((blob: Blob) => (saved.push(blob), 'blob:log'));
  vi.stubGlobal('URL', Object.assign(class extends URL {}, { createObjectURL: makeUrl, revokeObjectURL: () => undefined }));
  const clicked = vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(() => undefined);
  let log: ReturnType<typeof usePushLog> | undefined;
  const view = mount(defineComponent({ setup: () => ((log = usePushLog()), () => null) }), {
    global: { plugins: [createMessages()], provide: { [engineKey as symbol]: client, [toastsKey as symbol]: createToasts() } },
  });
  await log?.save();

  expect(engine.calls.filter(({ method }) => method === 'crm.audit').map(({ input }) => input)).toEqual([
    { beforeId: null, limit: 500 },
    { beforeId: 2, limit: 500 },
  ]);
  const lines = (await saved[0]?.text())?.split('\r\n') ?? [];
  expect(lines).toHaveLength(503);
  expect(lines[1]).toBe(`2026-11-22T09:00:01.000Z,ana@shop.example,"'=HYPERLINK(""x"")",Record created,Tryton,note,77,`);
  expect(lines[2]).toContain('"Marta, ""M""",Written,Tryton');
  expect(clicked).toHaveBeenCalledOnce();
  view.unmount();
  vi.unstubAllGlobals();
});
