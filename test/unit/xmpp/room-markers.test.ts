// needs: nothing
import { describe, expect, it } from 'vitest';
import { RoomMarkers } from '../../../bridges/xmpp/room-markers.ts';

describe('messages that ask for a read mark', () => {
  it('are known by room and name, as many as anybody reads', () => {
    const markers = new RoomMarkers();
    markers.asked('a@muc.example', 'one');
    expect(markers.isAskedFor('a@muc.example', 'one')).toBe(true);
    expect(markers.isAskedFor('b@muc.example', 'one')).toBe(false);
    for (let count = 0; count < 200; count += 1) markers.asked('a@muc.example', `m${count}`);
    expect(markers.isAskedFor('a@muc.example', 'one')).toBe(false);
    expect(markers.isAskedFor('a@muc.example', 'm0')).toBe(true);
    for (let count = 0; count < 200; count += 1) markers.asked(`r${count}@muc.example`, 'x');
    expect(markers.isAskedFor('a@muc.example', 'm199')).toBe(false);
  });
});
