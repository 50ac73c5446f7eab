import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { commandsIn } from '../../src/render/wrap-lines.js';
import { collect, REPO, type Run } from '../e2e/rig.js';

/** An error that is provoked, and what its hint has to be worth. */
export interface HintCase {
  readonly code: string;
  /** What is typed in the project's folder, for `sh`. */
  readonly line: string;
  /** Makes the trouble. */
  readonly arrange?: (root: string) => void | Promise<void>;
  readonly env?: (root: string) => Record<string, string>;
  /** What the words of the hint say to do by hand first, as a line for `sh`. */
  readonly byHand?: string;
  /** Which of the commands of the hint is typed (default: the first). */
  readonly nth?: number;
  /** What an operator puts in the place of `<dir>` and the like. */
  readonly fill?: Readonly<Record<string, string>>;
  /** How the typed command ends (default: 0). */
  readonly exit?: number;
  /** What the typed command has to say. */
  readonly says?: RegExp;
  /** The line that failed works afterwards. */
  readonly mends?: true;
  /** The typed command goes on until Ctrl-C. */
  readonly endless?: true;
}

interface Refusal {
  readonly code: string;
  readonly hint: string;
}

/** Types lines into a shell in whose PATH `sigctl` is this checkout's. */
export function shellIn(
  root: string,
  env: Record<string, string> = {},
): (line: string, endless?: true) => Promise<Run> {
  const bin = join(root, '.bin');
  mkdirSync(bin, { recursive: true });
  try {
    symlinkSync(join(REPO, 'bin/sigctl'), join(bin, 'sigctl'));
  } catch {
    // EEXIST: of the case before, in the same project.
  }
  const path = [bin, dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter);
  return (line, endless) => {
    const command = endless ? `exec ${line}` : line;
    const child = spawn('sh', ['-c', command], {
      cwd: root,
      env: { PATH: path, HOME: root, XDG_CONFIG_HOME: join(root, '.config'), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    if (endless) for (const stream of [child.stdout, child.stderr]) stream.once('data', () => child.kill('SIGINT'));
    return collect(child);
  };
}

/** Provokes the error, types the command of its hint, and holds both against what the case says. */
export async function typeHint(root: string, given: HintCase): Promise<void> {
  await given.arrange?.(root);
  const shell = shellIn(root, given.env?.(root));
  const failed = await shell(given.line);
  const refusal = refusalIn(failed, given.code);
  if (given.byHand !== undefined) assert.equal((await shell(given.byHand)).exitCode, 0, given.byHand);
  const typed = commandOf(given, refusal.hint);
  const run = await shell(typed, given.endless);
  const said = `hint: ${refusal.hint}\n$ ${typed}\n${run.stdout}${run.stderr}`;
  assert.equal(run.exitCode, given.exit ?? 0, said);
  assert.doesNotMatch(said, /a bug in sigctl/);
  if (given.says !== undefined) assert.match(run.stdout + run.stderr, given.says, said);
  if (given.mends !== true) return;
  const again = await shell(given.line);
  assert.equal(again.exitCode, 0, `${said}\n$ ${given.line}\n${again.stdout}${again.stderr}`);
}

/** `Did you mean "trading"?` names a word of the line. Where the hint names no command and was followed by hand, the line goes again. */
function commandOf({ line, byHand, nth = 0, fill = {} }: HintCase, hint: string): string {
  const [, meant] = /^Did you mean "([^"]+)"\?/.exec(hint) ?? [];
  if (meant !== undefined) return line.replace(/ --json$/, '').replace(/\S+$/, meant);
  const command = commandsIn(hint)[nth] ?? (byHand === undefined ? undefined : line);
  assert.ok(command !== undefined, `The hint names no command: ${hint}`);
  return command.replace(/<\w+>/g, (name) => fill[name] ?? assert.fail(`Nothing for ${name}: ${hint}`));
}

/** From the document of `--json`: the error, or the outcome that failed; from two lines on stderr where there is none. */
function refusalIn({ exitCode, stdout, stderr }: Run, code: string): Refusal {
  assert.notEqual(exitCode, 0, stdout + stderr);
  if (!stdout.trimStart().startsWith('{')) {
    const [, hint = ''] = /^hint: (.+)$/m.exec(stderr) ?? [];
    assert.notEqual(hint, '', stdout + stderr);
    return { code, hint };
  }
  const { error, outcomes = [], started = [] } = JSON.parse(stdout);
  const found = [error, ...outcomes, ...started].find((each) => each?.code === code);
  assert.ok(found !== undefined, `${code} in ${stdout}`);
  return found;
}
