import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { runHelp } from '../../src/commands/help.js';
import { EXIT } from '../../src/errors.js';
import { acquireStackLock } from '../../src/store/stack-lock.js';
import { app, collect, REPO, startRig } from '../e2e/rig.js';
import { wholeProgram } from './program.js';
import { project, sigctl, spawnSigctl } from './rig.js';
import { WRONG_LINES } from './wrong-lines.js';

/** Lines that end with 0 where nothing was ever started. */
const FINE: readonly string[] = [
  'stop',
  'recover',
  'status',
  'wait --for stopped',
  'mode',
  'logs',
  'why website',
  'history',
  'config',
  'env website',
  'alerts',
  'host list',
  'startup --print --cron',
  'init --dry-run',
  'completion bash',
  'help',
];

/** Lines that end with 4 where the status table is no database. */
const WITHOUT_DATABASE: readonly string[] = [
  'start',
  'stop',
  'restart',
  'reload website',
  'recover',
  'status',
  'wait',
  'mode full',
  'why website',
  'history',
  'backup',
  'config --diff',
  'env website',
  'alerts',
];

/** Lines that end with 1 where the script of a service is missing. */
const WITHOUT_SCRIPT: readonly string[] = ['start', 'restart', 'mode full', 'doctor'];

/** Lines that wait while another command holds the stack. */
const WAITING: readonly string[] = ['start', 'stop', 'restart', 'reload website', 'mode full', 'backup'];

/** Codes that another test produces, which needs more: a file, and a part of the title of the test in it. */
const ELSEWHERE: Readonly<Record<string, readonly [file: string, title: string]>> = {
  'start 0': ['e2e/modes.test.ts', 'start without names starts the mode in force'],
  'start 130': ['e2e/failures.test.ts', 'Ctrl-C while start waits leaves the services as they are'],
  'stop 1': ['commands/start-stop-restart.test.ts', 'stop exits 1 when one could not be stopped'],
  'restart 0': ['e2e/environment.test.ts', 'stays in force for restarts from elsewhere'],
  'restart 130': ['commands/start-stop-restart.test.ts', '130 when it was interrupted'],
  'reload 0': ['e2e/reload.test.ts', 'the website reloads without a request lost'],
  'reload 1': ['e2e/reload.test.ts', 'one that ends at the signal has failed'],
  'reload 130': ['commands/reload.test.ts', 'a reload that is interrupted exits with 130'],
  'recover 1': ['commands/recover.test.ts', 'recover exits with 1 where nobody watches'],
  'recover 3': ['commands/recover.test.ts', 'exits with 3 where there is something to bring back'],
  'recover 130': ['e2e/recover.test.ts', 'one that is interrupted while it waits ends with 130 or 143'],
  'recover 143': ['e2e/recover.test.ts', 'one that is interrupted while it waits ends with 130 or 143'],
  'status 3': ['e2e/failures.test.ts', 'a service that crashes for ever ends in a crash loop'],
  'status 129': ['commands/status-watch.test.ts', "['SIGHUP', 129]"],
  'status 143': ['commands/status-watch.test.ts', "['SIGTERM', 143]"],
  'top 0': ['e2e/top.test.ts', 'top on a real terminal: select, restart, resize, suspend, quit'],
  'top 129': ['e2e/top.test.ts', 'SIGTERM, SIGINT or SIGHUP'],
  'top 130': ['e2e/top.test.ts', 'SIGTERM, SIGINT or SIGHUP'],
  'top 143': ['e2e/top.test.ts', 'SIGTERM, SIGINT or SIGHUP'],
  'wait 3': ['commands/wait.test.ts', 'wait ends with 3 when time is up'],
  'mode 130': ['commands/mode.test.ts', 'mode that is interrupted while it stops starts nothing, and exits 130'],
  'backup 0': ['e2e/backup.test.ts', 'a backup under load restores bit-exact rows'],
  'backup 1': ['backup/create-backup.test.ts', 'a stack without a database is refused'],
  'restore 0': ['e2e/backup.test.ts', 'a backup under load restores bit-exact rows'],
  'restore 130': ['commands/restore.test.ts', 'restore that is interrupted while the services start exits with 130'],
  'restore 1': ['e2e/backup.test.ts', 'a database that is open in a stranger is not replaced'],
  'doctor 0': [
    'e2e/doctor.test.ts',
    'a running stack is in order, and doctor disturbs neither its processes nor its logs',
  ],
  'config 3': ['e2e/config.test.ts', 'config --diff names what a restart would change'],
  'alerts 1': ['e2e/alerts.test.ts', 'a blocked bot is shown by status, doctor and alerts'],
  'deploy 0': ['remote/deploy.test.ts', 'a steady load is answered through good and bad deploys'],
  'deploy 1': ['remote/deploy.test.ts', 'a steady load is answered through good and bad deploys'],
  'deploy 130': ['remote/deploy.test.ts', 'Ctrl-C during the switch goes back'],
  'deploy 143': ['commands/deploy.test.ts', 'deploy that went back exits with 1, 130 or 143 where it was interrupted'],
  'startup 1': ['cli/startup.test.ts', 'leaves nothing behind where that fails'],
  'unstartup 1': ['cli/startup.test.ts', 'unstartup that systemd refuses exits with 1'],
  'unstartup 0': ['cli/startup.test.ts', 'unstartup takes it away again'],
};

const NO_DATABASE = 'this is no database, and long enough to be read as one'.repeat(100);

const produced = new Set<string>();

async function produce(root: string, line: string, exitCode: number, env: Record<string, string> = {}): Promise<void> {
  const [command = '', ...rest] = line.split(' ');
  const run = await sigctl(root, [command, ...rest], env);
  assert.equal(run.exitCode, exitCode, `sigctl ${line}: ${run.stdout}${run.stderr}`);
  produced.add(`${command} ${exitCode}`);
}

test('0: commands that look, and those for which nothing is left to do', async (t) => {
  const root = project(t);
  writeFileSync(join(root, 'Procfile'), 'web: node web.js\n');
  for (const line of FINE) await produce(root, line, 0);
});

test('4: a status table that is no database', async (t) => {
  const root = project(t);
  mkdirSync(join(root, '.sigctl'));
  writeFileSync(join(root, '.sigctl/status.db'), NO_DATABASE);
  for (const line of WITHOUT_DATABASE) await produce(root, line, 4);
});

test('4: files that cannot be read or written', async (t) => {
  const root = project(t);
  writeFileSync(join(root, 'Procfile'), 'web: node web.js\n');
  mkdirSync(join(root, 'logs/website.log'), { recursive: true });
  await produce(root, 'logs', 4);
  mkdirSync(join(root, 'config/sigctl/hosts.json'), { recursive: true });
  await produce(root, 'host', 4, { XDG_CONFIG_HOME: join(root, 'config') });
  await produce(root, 'completion install --shell bash', 4, { XDG_DATA_HOME: join(root, 'Procfile') });
  await produce(
    root,
    '--config Procfile/below.cjs init --from Procfile'.replace(/^(\S+ \S+) (\S+)(.*)$/, '$2$3 $1'),
    4,
  );
  await produce(root, 'init --from Procfile --config Procfile/below.cjs', 4);
  await produce(root, 'deploy vps:/srv/app', 4, { SIGCTL_SSH_COMMAND: join(root, 'no-ssh') });
  writeFileSync(join(root, 'home'), '');
  for (const line of ['startup --print --cron', 'unstartup --cron', 'restore x --yes'])
    await produce(root, line, 4, { SIGCTL_HOME: join(root, 'home') });
});

test('4: a live view of a status table that is no database', (t) => {
  if (spawnSync('script', ['--version']).error) return t.skip('script(1) absent');
  const root = project(t);
  mkdirSync(join(root, '.sigctl'));
  writeFileSync(join(root, '.sigctl/status.db'), NO_DATABASE);
  const command = `'${process.execPath}' '${join(REPO, 'bin/sigctl')}' top`;
  const env = { PATH: process.env['PATH'] ?? '', HOME: root, TERM: 'xterm' };
  const { status, stdout } = spawnSync('script', ['-qec', command, '/dev/null'], { cwd: root, env, encoding: 'utf8' });
  assert.equal(status, 4, stdout);
  produced.add('top 4');
});

test('130, 143: Ctrl-C and SIGTERM while wait waits', async (t) => {
  const root = project(t);
  for (const [signal, exitCode] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    const child = spawnSigctl(root, ['wait', 'website']);
    child.stderr?.once('data', () => child.kill(signal));
    const run = await collect(child);
    assert.equal(run.exitCode, exitCode, run.stdout + run.stderr);
    produced.add(`wait ${exitCode}`);
  }
});

test('130, 143: Ctrl-C and SIGTERM while another command holds the stack; the one that waited changed nothing', async (t) => {
  const root = project(t);
  await produce(root, 'backup --to kept', 1);
  await produce(root, 'stop', 0);
  await produce(root, 'backup --to kept', 0);
  const [backup = ''] = readdirSync(join(root, 'kept'));
  const folder = join(root, '.sigctl/run');
  const release = await acquireStackLock({
    folder,
    holder: { pid: process.pid, command: 'mode full' },
    waitMs: 0,
    onWait: () => assert.fail('nobody holds it'),
    signal: new AbortController().signal,
  });
  t.after(release);
  const before = readdirSync(root, { recursive: true }).toSorted();
  const holder = readFileSync(join(folder, 'stack.holder.json'), 'utf8');
  for (const line of [...WAITING, `restore kept/${backup} --yes`]) {
    for (const [signal, exitCode] of [
      ['SIGINT', 130],
      ['SIGTERM', 143],
    ] as const) {
      const child = spawnSigctl(root, [...line.split(' '), '--json']);
      child.stderr?.on('data', (text: Buffer) => {
        if (text.includes('waiting for "sigctl mode full"')) child.kill(signal);
      });
      const run = await collect(child);
      assert.equal(run.exitCode, exitCode, `${line}: ${run.stdout}${run.stderr}`);
      assert.equal(JSON.parse(run.stdout).error.code, 'INTERRUPTED');
      produced.add(`${line.split(' ')[0]} ${exitCode}`);
    }
  }
  assert.deepEqual(readdirSync(root, { recursive: true }).toSorted(), before);
  assert.equal(readFileSync(join(folder, 'stack.holder.json'), 'utf8'), holder);
});

test('1: a service whose script is missing, and a file that is not sigctl’s', async (t) => {
  const rig = await startRig(t, { apps: [app('website', 'missing.mjs')], sigctl: { watchdog: false } });
  for (const line of WITHOUT_SCRIPT) {
    const run = await rig.sigctl(line.split(' '));
    assert.equal(run.exitCode, 1, run.stdout + run.stderr);
    produced.add(`${line.split(' ')[0]} 1`);
  }
  const folder = join(rig.root, 'data/bash-completion/completions');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'sigctl'), 'of somebody else\n');
  await produce(rig.root, 'completion install --shell bash', 1, { XDG_DATA_HOME: join(rig.root, 'data') });
});

test('70: a fault that nobody expected keeps its stack, and is one document with --json', async (t) => {
  const root = project(t);
  const fault = join(root, 'fault.cjs');
  writeFileSync(
    fault,
    `const fs = require('node:fs');
const { existsSync } = fs;
fs.existsSync = (path) => (String(path).endsWith('ecosystem.config.cjs') ? null.of : existsSync(path));
`,
  );
  const env = { NODE_OPTIONS: `--require ${fault}` };
  const run = await sigctl(root, ['status'], env);
  assert.equal(run.exitCode, EXIT.bug, run.stdout + run.stderr);
  assert.match(run.stderr, /^sigctl: a bug in sigctl, please report it with this text:\nTypeError: .*\n +at /);
  const document = await sigctl(root, ['status', '--json'], env);
  assert.deepEqual([document.exitCode, document.stderr], [EXIT.bug, '']);
  assert.equal(JSON.parse(document.stdout).error.code, 'BUG');
});

test('every exit code in the help of a command is produced by a test', async () => {
  const missing: string[] = [];
  for (const [command, codes] of await documented()) {
    for (const code of codes) {
      const pair = `${command} ${code}`;
      const isWrongLine = code === '2' && WRONG_LINES.some(([[word], , exit = 2]) => word === command && exit === 2);
      if (!produced.has(pair) && !isWrongLine && !isElsewhere(pair)) missing.push(pair);
    }
  }
  assert.deepEqual(missing, []);
});

test('no command ends here with a code that its help does not name', async () => {
  const known = await documented();
  for (const pair of [...produced, ...Object.keys(ELSEWHERE)]) {
    const [command = '', code = ''] = pair.split(' ');
    assert.ok(known.get(command)?.includes(code), pair);
  }
});

function isElsewhere(pair: string): boolean {
  const [file, title] = ELSEWHERE[pair] ?? [];
  if (file === undefined || title === undefined) return false;
  assert.ok(readFileSync(join(REPO, 'test', file), 'utf8').includes(title), `${file} has no test "${title}"`);
  return true;
}

/** The numbers in the last paragraph of each help. */
async function documented(): Promise<ReadonlyMap<string, readonly string[]>> {
  const written: string[] = [];
  const program = await wholeProgram(written);
  const codes = new Map<string, readonly string[]>();
  for (const command of program.commands) {
    written.length = 0;
    await runHelp({ out: { print: assert.fail } }, { subject: command.name(), program });
    const [, paragraph = ''] = written.join('').split('\nExit codes: ');
    codes.set(command.name(), paragraph.match(/\b(?:[0-4]|70|1[2-4]\d)\b/g) ?? []);
  }
  return codes;
}
