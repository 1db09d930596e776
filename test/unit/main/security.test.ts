import { describe, expect, it } from 'vitest';
import { isAppUrl } from '../../../electron/main/app-protocol/app-origin.ts';
import { findForbiddenSwitches, isOverlong, readProfileOption } from '../../../electron/main/security/command-line.ts';
import { createMicrophoneGate } from '../../../electron/main/security/microphone-gate.ts';
import { isMicrophoneOnly, isPermissionGranted } from '../../../electron/main/security/permission-policy.ts';
import { isTrustedSender } from '../../../electron/main/security/trusted-sender.ts';

describe('findForbiddenSwitches', () => {
  it.each([
    '--inspect',
    '--inspect=0.0.0.0:9229',
    '--inspect-brk',
    '--INSPECT',
    '--remote-debugging-port=9222',
    '--remote-debugging-pipe',
    '--remote-allow-origins=*',
    '--js-flags=--allow-natives-syntax',
    '--gpu-launcher=calc',
    '--renderer-cmd-prefix=calc',
    '--utility-cmd-prefix=calc',
    '--browser-subprocess-path=/tmp/x',
    '--require=/tmp/x.js',
    '-r',
    '--load-extension=/tmp/x',
    '--disable-web-security',
    '--disable-seccomp-filter-sandbox',
    '--ignore-certificate-errors',
    '--host-rules=MAP * 127.0.0.1',
    '--proxy-server=evil:1',
    '--ssl-key-log-file=/tmp/keys',
    '--log-net-log=/tmp/net',
    '--unsafely-treat-insecure-origin-as-secure=http://x',
  ])('finds %s', (word) => {
    expect(findForbiddenSwitches(['app', word])).toEqual([word]);
  });

  it('lets a usual start pass', () => {
    expect(findForbiddenSwitches(['--profile', '/home/ana/palomar', '--no-sandbox', '--disable-gpu', 'palomar:conversation/1'])).toEqual([]);
  });
});

describe('isOverlong', () => {
  it('refuses a command line that would stall the running app', () => {
    expect(isOverlong([`palomar:${'x'.repeat(100_000)}`])).toBe(true);
    expect(isOverlong(['--profile', '/home/ana/palomar', 'palomar:conversation/1'])).toBe(false);
  });
});

describe('readProfileOption', () => {
  it('reads both spellings and makes them absolute', () => {
    expect(readProfileOption(['x', '--profile', '/a/b/../c'])).toBe('/a/c');
    expect(readProfileOption(['--profile=/a'])).toBe('/a');
    expect(readProfileOption(['--profile'])).toBeNull();
    expect(readProfileOption(['--profile', '--other'])).toBeNull();
    expect(readProfileOption([])).toBeNull();
  });
});

describe('the microphone', () => {
  it('is asked for with sound alone, by our own page', () => {
    expect(isMicrophoneOnly('media', ['audio'], 'palomar://app/')).toBe(true);
    for (const [permission, kinds, from] of [
      ['media', ['audio', 'video'], 'palomar://app/'],
      ['media', ['video'], 'palomar://app/'],
      ['media', [], 'palomar://app/'],
      ['media', [undefined], 'palomar://app/'],
      ['geolocation', ['audio'], 'palomar://app/'],
      ['media', ['audio'], 'https://app/'],
      ['media', ['audio'], null],
    ] as const) {
      expect(isMicrophoneOnly(permission, kinds, from), JSON.stringify([permission, kinds, from])).toBe(false);
    }
  });

  it('is given once a click, and not long after it', () => {
    let nowMs = 0;
    const gate = createMicrophoneGate(() => nowMs);
    expect([gate.isOpen(), gate.take()]).toEqual([false, false]);
    gate.open();
    expect([gate.isOpen(), gate.take(), gate.take()]).toEqual([true, true, false]);
    gate.open();
    gate.close();
    expect(gate.take()).toBe(false);
    gate.open();
    nowMs = 30_000;
    expect([gate.isOpen(), gate.take()]).toEqual([false, false]);
  });
});

describe('isPermissionGranted', () => {
  it('grants two permissions to the page and nothing to anybody else', () => {
    expect(isPermissionGranted('notifications', 'palomar://app/')).toBe(true);
    expect(isPermissionGranted('clipboard-sanitized-write', 'palomar://app/')).toBe(true);
    for (const permission of ['media', 'geolocation', 'clipboard-read', 'midi', 'openExternal', 'fullscreen', '__proto__']) {
      expect(isPermissionGranted(permission, 'palomar://app/')).toBe(false);
    }
    for (const origin of ['https://example.org/', 'palomar://other/', 'palomar://app.evil/', 'about:blank', '', null, undefined]) {
      expect(isPermissionGranted('notifications', origin)).toBe(false);
    }
  });
});

describe('isAppUrl', () => {
  it.each(['palomar://app/', 'palomar://app', 'palomar://app/files/1'])('knows %s', (address) => {
    expect(isAppUrl(address)).toBe(true);
  });

  it.each(['palomar://app.evil/', 'palomar://evil/app', 'palomar:app', 'palomar://user@app/', 'palomar://app:1/', 'https://app/', 'file:///app', ''])(
    'does not take %j for the app',
    (address) => {
      expect(isAppUrl(address)).toBe(false);
    },
  );
});

describe('isTrustedSender', () => {
  const mainFrame = { url: 'palomar://app/' };
  const own = { mainFrame } as never;

  it('trusts the main frame of the own window on the own page only', () => {
    expect(isTrustedSender({ sender: own, senderFrame: mainFrame } as never, own)).toBe(true);
    expect(isTrustedSender({ sender: own, senderFrame: { url: 'palomar://app/' } } as never, own)).toBe(false);
    expect(isTrustedSender({ sender: { mainFrame }, senderFrame: mainFrame } as never, own)).toBe(false);
    expect(isTrustedSender({ sender: own, senderFrame: null } as never, own)).toBe(false);
    expect(isTrustedSender({ sender: own, senderFrame: mainFrame } as never, null)).toBe(false);
    const away = { mainFrame: { url: 'https://example.org/' } };
    expect(isTrustedSender({ sender: away, senderFrame: away.mainFrame } as never, away as never)).toBe(false);
  });
});
