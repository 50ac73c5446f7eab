import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Command } from 'commander';
import { type DoctorOptions, doctorCommand } from '../../src/commands/doctor.js';

/** What `sigctl doctor …` hands to its run, and the exit code that is set. */
async function parse(...line: string[]) {
  const seen: DoctorOptions[] = [];
  const exitCodes: number[] = [];
  const out = {
    print: () => assert.fail('printed'),
    width: 80,
    colour: false,
    setExitCode: (code: number) => void exitCodes.push(code),
  };
  const nothing = async () => [];
  const child = doctorCommand({ diagnose: nothing, mend: nothing, nowMs: () => 0, out }, async (_, options) => {
    seen.push(options);
    return 1;
  });
  const program = new Command().option('-c, --config <file>').addCommand(child);
  await program.parseAsync(['doctor', ...line], { from: 'user' });
  return { options: seen[0], exitCodes };
}

test('doctor alone looks and mends nothing, and sets the exit code that its run returns', async () => {
  const { options, exitCodes } = await parse();
  assert.deepEqual(options, { config: undefined, fix: false, strict: false, json: false, waitMs: 120_000 });
  assert.deepEqual(exitCodes, [1]);
});

test('doctor takes each of its options, the wait in seconds', async () => {
  const { options } = await parse('--fix', '--strict', '--json', '--wait', '3', '-c', 'other.cjs');
  assert.deepEqual(options, { config: 'other.cjs', fix: true, strict: true, json: true, waitMs: 3_000 });
});
