import { describe, expect, it } from 'vitest';
import type { BridgeSession } from '#bridge';
import { accountId } from '#model';
import { createActivity } from '../../../electron/engine/accounts/activity.ts';
import { createRpcClient } from '../../../electron/engine/rpc/rpc-client.ts';

describe('whether anybody looks at the app', () => {
  const scene = () => {
    const told: boolean[] = [];
    const session = { setActive: (isActive: boolean) => void told.push(isActive) } as unknown as BridgeSession;
    const account = accountId(1);
    return { told, account, activity: createActivity({ sessionOf: () => session, accountIds: () => [account] }) };
  };

  it('is told once nobody does, and when somebody is back', () => {
    const { told, activity } = scene();
    const { client } = createRpcClient();
    activity.set(client, true);
    expect(told).toEqual([]);
    activity.set(client, false);
    activity.set(client, false);
    activity.set(client, true);
    expect(told).toEqual([false, true]);
  });

  it('lasts as long as one of the pages is looked at, and ends with it', () => {
    const { told, activity } = scene();
    const [first, second] = [createRpcClient(), createRpcClient()];
    activity.set(first.client, true);
    activity.set(second.client, true);
    first.close();
    expect(told).toEqual([]);
    second.close();
    expect(told).toEqual([false]);
  });

  it('is told to an account that comes online meanwhile', () => {
    const { told, activity, account } = scene();
    const { client, close } = createRpcClient();
    activity.set(client, true);
    close();
    activity.tell(account);
    expect(told).toEqual([false, false]);
  });

  it('is no business of networks that know nothing of it', () => {
    const activity = createActivity({ sessionOf: () => ({}) as BridgeSession, accountIds: () => [accountId(1)] });
    expect(() => activity.set(createRpcClient().client, false)).not.toThrow();
  });
});
