import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type RequestOrigin,
  refuseControl,
  refuseRead,
  type SiteAddress,
} from '../../../src/services/website/request-guard.js';

const SITE: SiteAddress = { port: 3001, allowedHosts: [], loopbackOnly: true };
const FROM: RequestOrigin = {
  host: 'localhost:3001',
  origin: 'http://localhost:3001',
  controlHeader: '1',
  remoteAddress: '127.0.0.1',
};

test('control is granted to the page itself, under each name of this machine', () => {
  for (const host of ['localhost:3001', '127.0.0.1:3001', '[::1]:3001', 'LOCALHOST:3001']) {
    assert.equal(refuseControl({ ...FROM, host, origin: `http://${host.toLowerCase()}` }, SITE), undefined);
  }
  assert.equal(refuseControl({ ...FROM, origin: undefined }, SITE), undefined);
});

test('control is refused without the header that other sites cannot send', () => {
  assert.equal(refuseControl({ ...FROM, controlHeader: undefined }, SITE)?.code, 'CONTROL_HEADER_MISSING');
});

test('control is refused under a foreign name, which is how DNS rebinding looks', () => {
  for (const host of ['evil.example:3001', 'localhost:8080', 'localhost', 'localhost:3001.evil.example', undefined]) {
    assert.equal(refuseControl({ ...FROM, host }, SITE)?.code, 'HOST_FOREIGN', host);
  }
});

test('control is refused when another site asks', () => {
  for (const origin of ['http://evil.example', 'http://localhost:9999', 'null']) {
    assert.equal(refuseControl({ ...FROM, origin }, SITE)?.code, 'ORIGIN_FOREIGN', origin);
  }
});

test('control is refused to another machine that merely says localhost, unless its name is allowed', () => {
  const remote = { ...FROM, remoteAddress: '10.0.0.7' };
  assert.equal(refuseControl(remote, { ...SITE, loopbackOnly: false })?.code, 'PEER_REMOTE');
  const allowed = { ...SITE, loopbackOnly: false, allowedHosts: ['trade.example'] };
  assert.equal(
    refuseControl({ ...remote, host: 'trade.example', origin: 'https://trade.example' }, allowed),
    undefined,
  );
});

test('reading is refused under a foreign name only where no other machine can ask', () => {
  assert.equal(refuseRead('evil.example:3001', SITE)?.code, 'HOST_FOREIGN');
  assert.equal(refuseRead('localhost:8080', SITE), undefined, 'a forwarded port');
  assert.equal(refuseRead('anything.example', { ...SITE, loopbackOnly: false }), undefined);
});
