// needs: nothing
import { expect, it } from 'vitest';
import { isPrivateAddress } from '../../../bridges/xmpp/http-files.ts';

it.each([
  ...['0.0.0.0', '10.1.2.3', '100.64.0.1', '127.0.0.1', '127.255.255.254', '169.254.169.254', '172.31.255.1', '192.0.0.8', '192.168.1.1', '198.19.0.1', '224.0.0.1', '255.255.255.255'],
  ...['::', '::1', '::127.0.0.1', '::ffff:127.0.0.1', '::ffff:7f00:1', '::ffff:10.0.0.1', '64:ff9b::7f00:1', '64:ff9b:1::a00:1', '2002:7f00:1::', 'fc00::1', 'fd12::1', 'fe80::1', 'fec0::1', 'ff02::1'],
])('%s is nowhere a stranger may lead us', (address) => {
  expect(isPrivateAddress(address)).toBe(true);
});

it.each(['1.1.1.1', '100.128.0.1', '172.32.0.1', '192.0.2.1', '198.20.0.1', '2001:db8::1', '2a01:4f8::1', '::ffff:1.1.1.1'])('%s is out in the world', (address) => {
  expect(isPrivateAddress(address)).toBe(false);
});
