import assert from 'node:assert/strict';
import { test } from 'node:test';
import { STEPS } from '../../scripts/walk/steps.js';
import { REMOTE } from '../../scripts/walk/steps-machine.js';
import { WRONG } from '../../scripts/walk/steps-wrong.js';
import { COMMAND_NAMES } from '../../src/cli/purposes.js';

test('the walk asks each command for its help, types it right, and types it wrong', () => {
  const steps = [...STEPS, ...REMOTE];
  const isOf = (command: string) => new RegExp(`\\bsigctl (?:@\\w+ )?${command}\\b(?! --help)`);
  for (const command of COMMAND_NAMES) {
    assert.ok(
      steps.some(({ line }) => line === `sigctl ${command} --help`),
      `${command}: help`,
    );
    const typed = steps.filter(({ line }) => isOf(command).test(line));
    assert.ok(
      typed.some(({ name }) => !name.startsWith('wrong-')),
      `${command}: right`,
    );
    assert.ok(
      WRONG.some(({ line }) => isOf(command).test(line)),
      `${command}: wrong`,
    );
  }
});

test('no two steps of the walk write the same screen', () => {
  const names = [...STEPS, ...REMOTE].map(({ name }) => name);
  assert.deepEqual(
    names.filter((name, index) => names.indexOf(name) !== index),
    [],
  );
});
