import { describe, expect, it } from 'vitest';
import { StreamManagement } from '../../../bridges/xmpp/extensions/0198-stream-management.ts';
import { Acknowledgements } from '../../../bridges/xmpp/stream/acknowledgements.ts';

const nothing = (): void => undefined;

/** A session that has begun; `told` is what the server heard. */
const begin = () => {
  const management = new StreamManagement(null);
  management.begin('session');
  const told: string[] = [];
  const acknowledgements = new Acknowledgements({
    management,
    log: { debug: nothing, info: nothing, warn: nothing },
    isOnline: () => true,
    write: (xml) => void told.push(/h="(\d+)"/.exec(xml)?.[1] ?? xml),
    ping: () => Promise.resolve(),
    settle: () => undefined,
    saveSoon: () => void told.push('save'),
    onDisagreement: (error) => {
      throw error;
    },
  });
  acknowledgements.begin(true);
  return { management, acknowledgements, told };
};

describe('telling the server how far we are', () => {
  it('tells what is saved, and the rest when that is saved, too', () => {
    const { management, acknowledgements, told } = begin();
    management.handled(2);
    acknowledgements.say(false);
    management.saved({ id: 'session', inbound: 2, outbound: 0, unacked: [] });
    acknowledgements.saved();
    expect(told).toEqual(['0', 'save', '2']);
  });

  it('does not repeat itself while more is being saved or stored', () => {
    const { management, acknowledgements, told } = begin();
    acknowledgements.say(false);
    acknowledgements.say(true);
    management.handled(3);
    acknowledgements.say(false);
    expect(told).toEqual(['0', 'save']);
    management.saved({ id: 'session', inbound: 1, outbound: 0, unacked: [] });
    acknowledgements.say(true);
    expect(told).toEqual(['0', 'save', '1', 'save']);
  });

  it('answers every time when there is nothing else to say', () => {
    const { acknowledgements, told } = begin();
    acknowledgements.say(false);
    acknowledgements.say(false);
    expect(told).toEqual(['0', '0']);
  });

  it('tells a new connection what an earlier one heard already', () => {
    const { acknowledgements, told } = begin();
    acknowledgements.say(true);
    acknowledgements.end();
    acknowledgements.begin(true);
    acknowledgements.say(true);
    expect(told).toEqual(['0', '0']);
  });
});
