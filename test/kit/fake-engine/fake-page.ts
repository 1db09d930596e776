/** Entry for looking at the interface by hand: options come as JSON in the query string. */
import type { Shell } from '#rpc';
import { createFakeEngine, type FakeEngine, type FakeOptions } from './fake-engine-port.ts';

const options = JSON.parse(new URLSearchParams(location.search).get('options') ?? '{}') as FakeOptions;
const engine = createFakeEngine(options);
const shell: Shell = {
  kind: 'browser',
  connect: () => Promise.resolve(engine),
  window: { setUnreadCount: () => undefined, idleMs: () => Promise.resolve(0), onNavigate: () => undefined },
  links: { open: () => Promise.resolve({ isOpened: true }), chooseFolder: () => Promise.resolve(null) },
  microphone: { open: () => Promise.resolve(), close: () => Promise.resolve() },
  notifications: { permission: () => 'granted', request: () => Promise.resolve('granted') },
};
Object.assign(window as unknown as { palomar: Shell; fakeEngine: FakeEngine }, { palomar: shell, fakeEngine: engine });
await import('../../../renderer/main.ts');
