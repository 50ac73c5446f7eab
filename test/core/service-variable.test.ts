import assert from 'node:assert/strict';
import { test } from 'node:test';
import { diffVariables, envOf, type ServiceVariable, showVariables } from '../../src/core/service-variable.js';

const variable = (name: string, value: string): ServiceVariable => ({ name, value, origin: { kind: 'env' } });
const none = (): boolean => false;

test('showVariables() masks a secret, and what stands of it in any other value', () => {
  const shown = showVariables([
    variable('URL', 'https://api.example/?key=hunter2-hunter2'),
    variable('API_TOKEN', 'hunter2-hunter2'),
    variable('DATABASE', 'postgres://app:secret@db/app'),
    variable('EMPTY_TOKEN', ''),
  ]);
  assert.deepEqual(
    shown.map(({ name, value, isSecret }) => [name, value, isSecret]),
    [
      ['API_TOKEN', '*****', true],
      ['DATABASE', 'postgres://app:*****@db/app', false],
      ['EMPTY_TOKEN', '', true],
      ['URL', 'https://api.example/?key=*****', false],
    ],
  );
});

test('showVariables() masks the secret that the running process still has', () => {
  const [shown] = showVariables([variable('URL', 'https://old-secret.example')], { API_TOKEN: 'old-secret' });
  assert.equal(shown?.value, 'https://*****.example');
});

test('diffVariables() tells what changed, came and went, and shows no secret', () => {
  const running = { SAME: 'a', LEVEL: 'info', GONE: 'x', API_TOKEN: 'first-secret', PWD: '/srv' };
  const next = [
    variable('SAME', 'a'),
    variable('LEVEL', 'debug'),
    variable('NEW', ''),
    variable('API_TOKEN', 'second-one'),
  ];
  assert.deepEqual(
    diffVariables(running, next, (name) => name === 'PWD'),
    [
      { name: 'API_TOKEN', running: '*****', next: '*****' },
      { name: 'GONE', running: 'x', next: null },
      { name: 'LEVEL', running: 'info', next: 'debug' },
      { name: 'NEW', running: null, next: '' },
    ],
  );
});

test('diffVariables() compares an ignored name where a start gives it, and takes none from the prototype', () => {
  const pwd = [variable('PWD', '/a'), variable('constructor', 'b')];
  assert.deepEqual(
    diffVariables({ PWD: '/b' }, pwd, (name) => name === 'PWD').map(({ name, running }) => [name, running]),
    [
      ['PWD', '/b'],
      ['constructor', null],
    ],
  );
  assert.deepEqual(diffVariables(envOf(pwd), pwd, none), []);
});
