import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { findFlaws } from './flaws.js';
import { writeFolders } from './folders.js';
import { startSshHost } from './ssh-host.js';
import type { Step } from './step.js';
import { STEPS } from './steps.js';
import { REMOTE } from './steps-machine.js';
import { holdsWithin, openTerminal, type Shot, type Terminal } from './terminal.js';

/** Above every wait of sigctl's own together. */
const STEP_DEADLINE_MS = 150_000;
const SCENE_DEADLINE_MS = 30_000;
/** Folders in which a step starts something. */
const STARTED = ['project', 'crash', 'missing', 'sick', 'slow', 'srv/current'];

/**
 * `npm run walk -- [--columns 60,80,140] [--only <regex>] [--out <folder>]`: types every command of sigctl into a terminal of each
 * width, and runs it once without one, on the shipped stack in a temporary folder. Each screen becomes a file, to be read by eye;
 * what a program can see is listed at the end (broken lines, escape codes in a pipe). Leaves no process behind.
 */
async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      columns: { type: 'string', default: '60,80,140' },
      only: { type: 'string', default: '' },
      out: { type: 'string', default: 'walk' },
      'without-terminal': { type: 'boolean', default: true },
    },
    allowNegative: true,
  });
  const out = resolve(values.out);
  const steps = [...STEPS, ...REMOTE].filter(({ name }) => new RegExp(values.only).test(name));
  const widths = values.columns
    .split(',')
    .filter((width) => width !== '')
    .map(Number);
  const flaws: string[] = [];
  for (const width of widths) flaws.push(...(await walk(steps, join(out, String(width)), width)));
  if (values['without-terminal']) flaws.push(...(await walk(steps, join(out, 'pipe'))));
  console.log(flaws.join('\n'));
  console.log(`${steps.length} steps, screens in ${out}`);
  return 0;
}

/** One walk on a stack of its own; without a width, in pipes. */
async function walk(steps: readonly Step[], out: string, width?: number): Promise<readonly string[]> {
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  const base = mkdtempSync(join(tmpdir(), 'sigctl-walk-'));
  writeFolders(base, await freePort());
  const host = await startSshHost(base, { vps: await freePort(), dead: await freePort() });
  const env = { ...(await environment(base)), ...host?.env };
  const terminal = width === undefined ? undefined : openTerminal(base, { columns: width, env });
  const flaws: string[] = [];
  try {
    for (const step of steps.filter((step) => host !== undefined || !REMOTE.includes(step))) {
      const shots = terminal === undefined ? shotInPipes(step, base, env) : await shotsOnTerminal(step, base, terminal);
      for (const [index, shot] of shots.entries()) {
        const file = join(out, shots.length === 1 ? step.name : `${step.name}.${index + 1}`);
        writeFileSync(`${file}.txt`, `$ ${step.line}\n${shot.text}`);
        if (shot.ansi !== shot.text) writeFileSync(`${file}.ansi`, shot.ansi);
        flaws.push(
          ...findFlaws(shot, terminal === undefined).map((flaw) => `${width ?? 'pipe'} ${step.name}: ${flaw}`),
        );
      }
    }
  } finally {
    terminal?.close();
    for (const folder of STARTED) inShell('sigctl stop', join(base, folder), env);
    host?.close();
    rmSync(base, { recursive: true, force: true, maxRetries: 5 });
  }
  return flaws;
}

/** A short, fixed environment, with free ports for the stack. */
async function environment(base: string): Promise<Readonly<Record<string, string>>> {
  const path = [join(base, 'bin'), dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter);
  const port = String(await freePort());
  return { PATH: path, HOME: base, USER: 'ann', SHELL: '/bin/bash', PORT: port, WALK: base, NODE: process.execPath };
}

function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const server = createServer().once('error', fail);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        typeof address === 'object' && address !== null ? done(address.port) : fail(new Error('no port')),
      );
    });
  });
}

const inShell = (line: string, cwd: string, env: Readonly<Record<string, string>>) =>
  spawnSync('sh', ['-c', line], {
    cwd,
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: STEP_DEADLINE_MS,
  });

function shotInPipes(step: Step, base: string, env: Readonly<Record<string, string>>): readonly Shot[] {
  if (step.scenes !== undefined) return [];
  const { stdout, stderr, status } = inShell(step.line, join(base, step.folder ?? 'project'), env);
  const text = `${stdout}${stderr === '' ? '' : `--- stderr\n${stderr}`}--- exit ${status}\n`;
  return [{ text, ansi: text, broken: [] }];
}

async function shotsOnTerminal(step: Step, base: string, terminal: Terminal): Promise<readonly Shot[]> {
  // The shell outlives a Ctrl-C, and tells how the command ended.
  terminal.run(`trap : INT; ${step.line}; echo "--- exit $?"`, join(base, step.folder ?? 'project'));
  const shots: Shot[] = [];
  for (const { shows, press } of step.scenes ?? []) {
    await holdsWithin(() => shows.test(terminal.shot().text) || terminal.isOver(), SCENE_DEADLINE_MS);
    shots.push(terminal.shot());
    for (const key of press) terminal.press(key);
  }
  if (!(await holdsWithin(terminal.isOver, STEP_DEADLINE_MS))) throw new Error(`"${step.line}" does not end`);
  return [...shots, terminal.shot()];
}

process.exitCode = await main();
