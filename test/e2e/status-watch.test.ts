import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { NO_PSEUDO_TERMINAL, type OnTerminal, runOnTerminal } from './pseudo-terminal.js';
import { app, collect, REPO, type Rig, type Run, startRig, until } from './rig.js';

const ENTER = '\u001b[?1049h';
const LEAVE = '\u001b[?1049l';
const SHOW_CURSOR = '\u001b[?25h';
const WRAP = '\u001b[?7h';

interface Watched extends OnTerminal {
  readonly ended: Promise<Run>;
}

function watchOnTerminal(t: TestContext, rig: Rig): Watched {
  const shown = runOnTerminal(t, rig, ['status', '--watch', '--interval', '200ms']);
  return { ...shown, ended: collect(shown.child) };
}

/** The terminal has its own screen, its cursor and its wrapping back. */
function assertRestored(text: string): void {
  assert.equal(text.split(ENTER).length, text.split(LEAVE).length);
  for (const sequence of [LEAVE, SHOW_CURSOR, WRAP]) {
    assert.ok(text.lastIndexOf(sequence) > text.lastIndexOf(ENTER), JSON.stringify(sequence));
  }
  assert.doesNotMatch(text.slice(text.lastIndexOf(LEAVE) + LEAVE.length), /demo/);
}

test('a watch repaints one screen, and gives the terminal back however it ends', async (t) => {
  if (NO_PSEUDO_TERMINAL !== undefined) return t.skip(NO_PSEUDO_TERMINAL);
  const rig = await startRig(t, { apps: [app('trading', 'idle.mjs')], sigctl: { name: 'demo', watchdog: false } });
  assert.equal((await rig.sigctl(['start'])).exitCode, 0);
  const frames = (watched: Watched) => watched.text().split('demo').length - 1;
  const ways: readonly (readonly [how: string, code: number, end: (watched: Watched) => void])[] = [
    ['Ctrl-C', 0, ({ child }) => child.stdin?.write('\u0003')],
    ['SIGTERM', 143, ({ pid }) => process.kill(pid(), 'SIGTERM')],
    ['SIGHUP', 129, ({ pid }) => process.kill(pid(), 'SIGHUP')],
  ];
  for (const [how, code, end] of ways) {
    const watched = watchOnTerminal(t, rig);
    await until(() => frames(watched) >= 3);
    end(watched);
    assert.equal((await watched.ended).exitCode, code, how);
    assert.equal(watched.text().split(ENTER).length, 2, how);
    assertRestored(watched.text());
  }
});

test('a manifest that breaks during a watch is told in it, and the watch goes on', async (t) => {
  if (NO_PSEUDO_TERMINAL !== undefined) return t.skip(NO_PSEUDO_TERMINAL);
  const manifest = { apps: [app('trading', 'idle.mjs')], sigctl: { name: 'demo', watchdog: false } };
  const rig = await startRig(t, manifest);
  assert.equal((await rig.sigctl(['start'])).exitCode, 0);
  const watched = watchOnTerminal(t, rig);
  await until(() => watched.text().includes('1 of 1 healthy'));
  writeFileSync(join(rig.root, 'ecosystem.config.cjs'), 'module.exports = { apps: [ ;');
  await until(() => /ecosystem\.config\.cjs/.test(watched.text()));
  const seen = watched.text().length;
  rig.writeManifest(manifest);
  await until(() => watched.text().slice(seen).includes('1 of 1 healthy'));
  watched.child.stdin?.write('\u0003');
  assert.equal((await watched.ended).exitCode, 0);
  assertRestored(watched.text());
});

test('in a pipe a watch prints plain tables, and ends with its reader', async (t) => {
  const rig = await startRig(t, { apps: [app('trading', 'idle.mjs')], sigctl: { name: 'demo', watchdog: false } });
  const cli = `${process.execPath} ${join(REPO, 'bin/sigctl')}`;
  const script = `{ ${cli} status --watch --interval 100ms; echo "code $?" >&2; } | head -8`;
  const piped = spawnSync('/bin/sh', ['-c', script], { cwd: rig.root, encoding: 'utf8', timeout: 60_000 });
  assert.equal(piped.stderr, 'code 0\n');
  assert.equal(piped.stdout.includes('\u001b'), false);
  assert.match(piped.stdout, /^demo .*\n\nSERVICE/);
});
