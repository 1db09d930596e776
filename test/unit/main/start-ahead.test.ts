import { describe, expect, it, vi } from 'vitest';
import type { EngineLink, EngineLinkEvents, LaunchEngine } from '../../../electron/main/engine-process/engine-link.ts';
import { startAhead } from '../../../electron/main/engine-process/start-ahead.ts';

const setUp = () => {
  const started: { readonly events: EngineLinkEvents; readonly link: EngineLink }[] = [];
  const launch: LaunchEngine = (events) => {
    const link: EngineLink = { takesPorts: false, post: vi.fn(), kill: vi.fn() };
    started.push({ events, link });
    return link;
  };
  return { started, launchAhead: startAhead(launch), hearer: { onMessage: vi.fn(), onExit: vi.fn() } };
};

describe('an engine started ahead', () => {
  it('is taken over by the first launch, with all that it says from then on', () => {
    const { started, launchAhead, hearer } = setUp();
    expect(started).toHaveLength(1);
    expect(launchAhead(hearer)).toBe(started[0]!.link);
    started[0]!.events.onMessage({ type: 'unread', total: 3 });
    started[0]!.events.onExit(1);
    expect(hearer.onMessage).toHaveBeenCalledWith({ type: 'unread', total: 3 });
    expect(hearer.onExit).toHaveBeenCalledWith(1);
    expect(started).toHaveLength(1);
  });

  it('is replaced by a new one at the next launch', () => {
    const { started, launchAhead, hearer } = setUp();
    launchAhead(hearer);
    expect(launchAhead(hearer)).toBe(started[1]!.link);
  });

  it('is not used when it ended before anybody wanted it', () => {
    const { started, launchAhead, hearer } = setUp();
    started[0]!.events.onExit(1);
    expect(launchAhead(hearer)).toBe(started[1]!.link);
    expect(hearer.onExit).not.toHaveBeenCalled();
  });
});
