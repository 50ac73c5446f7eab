import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatHostAddress, parseHostAddress } from '../../src/core/host-address.js';

test('parseHostAddress() reads a target of ssh and a folder, IPv6 in brackets', () => {
  const cases: readonly (readonly [string, unknown])[] = [
    ['vps', { target: 'vps', dir: undefined }],
    ['root@10.0.0.1:/srv/app', { target: 'root@10.0.0.1', dir: '/srv/app' }],
    ['vps:my app', { target: 'vps', dir: 'my app' }],
    ['vps:~/app', { target: 'vps', dir: '~/app' }],
    ['vps:', { target: 'vps', dir: undefined }],
    ['a@[2001:db8::1]:/srv', { target: 'a@2001:db8::1', dir: '/srv' }],
  ];
  for (const [text, expected] of cases) assert.deepEqual(parseHostAddress(text), expected, text);
});

test('parseHostAddress() refuses what ssh would take for an option or several words', () => {
  for (const text of ['', '-oProxyCommand=x', 'a b', 'a@b@c', '@vps', 'vps/x', 'user@:/srv', 'vps:/a\nb']) {
    assert.equal(parseHostAddress(text), undefined, JSON.stringify(text));
  }
});

test('formatHostAddress() gives what parseHostAddress() reads', () => {
  for (const text of ['vps', 'root@vps:/srv/app', 'a@[2001:db8::1]:/srv']) {
    const address = parseHostAddress(text);
    assert.ok(address);
    assert.equal(formatHostAddress(address), text);
  }
});
