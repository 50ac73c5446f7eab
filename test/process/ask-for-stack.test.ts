import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { inspectFlags, inspectPort } from '../../src/core/node-flags.js';
import { askForStack } from '../../src/process/ask-for-stack.js';
import { identify } from '../../src/process/identity.js';
import { freePort } from '../e2e/free-port.js';

/** Long enough for a machine that has much to do: this is about what is answered. */
const PATIENCE_MS = 30_000;

interface Program {
  readonly child: ChildProcess;
  readonly log: () => string;
  /** Ends its loop. */
  readonly release: () => void;
  readonly ask: (withinMs?: number) => ReturnType<typeof askForStack>;
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await sleep(20);
}

/** A program that runs, and has printed `here`. */
async function run(t: TestContext, code: string, flags?: readonly string[]): Promise<Program> {
  const root = mkdtempSync(join(tmpdir(), 'sigctl-stack-'));
  const [script, log] = [join(root, 'program.mjs'), join(root, 'log')];
  writeFileSync(script, code);
  const file = openSync(log, 'a');
  const given = flags ?? inspectFlags(await freePort());
  const child = spawn(process.execPath, [...given, script, root], { stdio: ['ignore', file, file] });
  closeSync(file);
  const gone = once(child, 'exit');
  t.after(async () => {
    child.kill('SIGKILL');
    await gone;
    rmSync(root, { recursive: true, force: true });
  });
  const read = () => readFileSync(log, 'utf8');
  await until(() => read().includes('here'));
  const process_ = identify(child.pid ?? 0);
  assert.ok(process_ !== undefined);
  const question = { log, files: [script], root };
  const release = () => writeFileSync(join(root, 'release'), '');
  return {
    child,
    log: read,
    release,
    ask: (withinMs = PATIENCE_MS) => askForStack(process_, { ...question, withinMs }),
  };
}

const LOOP = `import { existsSync, writeSync } from 'node:fs';
writeSync(1, 'here\\n');
function busyLoop() { const secret = 'hunter2'; while (!existsSync(process.argv[2] + '/release')); return secret; }
function onTick() { busyLoop(); console.log('goes on'); }
setTimeout(onTick, 1);
setInterval(() => console.log('counts'), 50);
`;

test('a program in an endless loop tells where it is, twice if need be, and goes on', async (t) => {
  const program = await run(t, LOOP);
  for (let time = 0; time < 2; time += 1) {
    const answer = await program.ask();
    assert.ok('frames' in answer, JSON.stringify(answer));
    const own = answer.frames.filter(({ file }) => file === 'program.mjs');
    assert.deepEqual(
      own.map((frame) => [frame.function, frame.line]),
      [
        ['busyLoop', 3],
        ['onTick', 4],
      ],
    );
    assert.ok((answer.heapUsedBytes ?? 0) > 1_000_000);
    assert.doesNotMatch(JSON.stringify(answer), /hunter2/);
  }
  assert.equal(program.log().includes('goes on'), false);
  program.release();
  await until(() => /goes on\n(?:.*\n)*counts\n(?:.*\n)*counts\n/.test(program.log()));
});

test('a program that waits in Atomics.wait tells where', async (t) => {
  const program = await run(
    t,
    `function waits() { Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0); }
setTimeout(waits, 1);
console.log('here');
`,
  );
  const answer = await program.ask();
  assert.ok('frames' in answer, JSON.stringify(answer));
  assert.equal(answer.frames[0]?.function, 'waits');
});

test('a program that runs no code does not answer, and goes on when there is something to do', async (t) => {
  const program = await run(
    t,
    `process.on('SIGUSR2', () => console.log('goes on'));
setInterval(() => undefined, 1_000_000);
console.log('here');
`,
  );
  assert.deepEqual(await program.ask(400), { missing: 'no answer within 0.4s' });
  program.child.kill('SIGUSR2');
  await until(() => program.log().includes('goes on'));
});

test('a program with a handler of its own, or flags of its own, gets no signal', async (t) => {
  const handles = await run(t, `${LOOP}process.on('SIGUSR1', () => console.log('GOT IT'));`);
  assert.deepEqual(await handles.ask(), { missing: 'not asked, as its code uses SIGUSR1 itself' });
  const own = await run(t, LOOP, ['--inspect-port=0']);
  assert.deepEqual(await own.ask(), { missing: "not asked, as it does not run with sigctl's inspector flags" });
  for (const program of [handles, own]) {
    program.release();
    await until(() => /goes on\n(?:.*\n)*counts\n/.test(program.log()));
    assert.doesNotMatch(program.log(), /GOT IT|Debugger/);
  }
});

test('the flags break no program that has workers of node:cluster', async (t) => {
  const program = await run(
    t,
    `import cluster from 'node:cluster';
setInterval(() => undefined, 1_000);
if (cluster.isPrimary) cluster.fork().on('exit', (code) => console.log('here, worker ended with', code));
else process.exit(0);
`,
    inspectFlags(inspectPort('/srv/app/run web 0')),
  );
  assert.match(program.log(), /worker ended with 0/);
});
