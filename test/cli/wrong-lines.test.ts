import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { COMMAND_NAMES, isCommandName } from '../../src/cli/purposes.js';
import { wholeProgram } from './program.js';
import { project, sigctl } from './rig.js';
import { WRONG_LINES } from './wrong-lines.js';

/** A line of a stack trace, or what node prints of an error that nobody caught. */
const TRACE = /^\s+at .+:\d+|node:internal|a bug in sigctl/m;
/** What a terminal would act on. */
const CONTROL = /(?!\n)\p{Cc}/u;

const program = await wholeProgram();
for (const command of program.commands) command.action(() => undefined);

test('there are two hundred wrong lines and more, each once, with every command among them', () => {
  const lines = WRONG_LINES.map(([words]) => JSON.stringify(words));
  assert.ok(lines.length >= 200, `${lines.length}`);
  assert.equal(new Set(lines).size, lines.length);
  for (const command of COMMAND_NAMES)
    assert.ok(
      WRONG_LINES.some(([[word]]) => word === command),
      command,
    );
});

describe('a wrong line is refused with one message that names it, a hint, and nothing changed:', {
  concurrency: 4,
}, () => {
  for (const [index, [words, named, exitCode = 2]] of WRONG_LINES.entries()) {
    // Every third one as a script would: all of them both ways would only take longer.
    const isJson = index % 3 === 0 && takesJson(words);
    test(`sigctl ${titleOf(words)}${isJson ? ' (--json)' : ''}`, async (t) => {
      const root = project(t);
      const before = contentsOf(root);
      const run = await sigctl(root, isJson ? withJson(words) : words, { XDG_CONFIG_HOME: join(root, 'config') });
      const said = run.stdout + run.stderr;
      assert.doesNotMatch(said, TRACE);
      assert.equal(run.exitCode, exitCode, said);
      const { message, hint } = isJson ? refusalIn(run) : refusalOf(run);
      assert.ok(
        message.includes(isJson ? named : shown(named)),
        `${JSON.stringify(named)} in ${JSON.stringify(message)}`,
      );
      assert.notEqual(hint, '');
      await assertTypable(hint);
      assert.deepEqual(contentsOf(root), before);
    });
  }
});

/** The command in a hint, typed in, is a line that sigctl understands. */
async function assertTypable(hint: string): Promise<void> {
  const proposal =
    /^(?:Did you mean|For example|See how|See what there is|See all commands|See all of them|Without it|Put it behind the command): (.+)$/;
  const typed = splitWords(proposal.exec(hint)?.[1] ?? '');
  // Help ends commander as an error does; another machine has its own words, and a remark follows in parentheses.
  if (typed[0] !== 'sigctl' || typed.includes('--help') || typed.includes('--host') || hint.includes(' (also ')) return;
  try {
    await program.parseAsync(typed.slice(1), { from: 'user' });
  } catch (error) {
    throw new Error(`The hint does not help: ${hint}`, { cause: error });
  }
}

/** As a shell would: quotes hold blanks together. */
function splitWords(line: string): readonly string[] {
  return [...line.matchAll(/(?:'[^']*'|\\'|[^\s'])+/g)].map(([word]) =>
    word.replaceAll(/'([^']*)'/g, '$1').replaceAll("\\'", "'"),
  );
}

/** What people read: a message on stderr, of several lines only where each is a fault of its own. */
function refusalOf({ stdout, stderr }: { stdout: string; stderr: string }): { message: string; hint: string } {
  assert.equal(stdout, '');
  assert.doesNotMatch(stderr, CONTROL);
  const [, message = '', hint = ''] = /^sigctl: ((?:.|\n)+)\nhint: (.+)\n$/.exec(stderr) ?? [];
  assert.notEqual(message, '', stderr);
  assert.equal(stderr.split('hint: ').length, 2, stderr);
  return { message, hint };
}

/** What scripts read: one document on stdout, and nothing beside it. */
function refusalIn({ stdout, stderr }: { stdout: string; stderr: string }): { message: string; hint: string } {
  assert.equal(stderr, '');
  const { ok, error } = JSON.parse(stdout);
  assert.equal(ok, false);
  assert.match(error.code, /^[A-Z][A-Z0-9_]+$/);
  return error;
}

/** `help` and `top` are for people; at the end of `--config` it would be the value. */
function takesJson([command = '']: readonly string[]): boolean {
  return !command.startsWith('-') && command !== 'help' && command !== 'top';
}

/** Behind the command, so that it is not taken for the value of an option at the end of the line. */
function withJson([command = '', ...rest]: readonly string[]): readonly string[] {
  return isCommandName(command) ? [command, '--json', ...rest] : [command, ...rest, '--json'];
}

/** As a terminal gets it. */
function shown(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, '');
}

function titleOf(words: readonly string[]): string {
  return words
    .map((word) => (/^[\w@.=/-]+$/.test(word) ? word : JSON.stringify(word)))
    .join(' ')
    .slice(0, 80);
}

/** Every file and folder, with what is in it. */
function contentsOf(root: string): readonly string[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((name) => {
      const path = join(root, name);
      const stat = statSync(path);
      const digest = stat.isFile() ? createHash('sha256').update(readFileSync(path)).digest('hex') : 'folder';
      return `${name} ${stat.mode} ${digest}`;
    });
}
