import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Command, InvalidArgumentError, Option } from 'commander';
import { RefusedLine, refuseQuietly } from '../../src/cli/refused-line.js';
import { usageError } from '../../src/cli/usage-error.js';
import type { SigctlError } from '../../src/errors.js';
import { wholeProgram } from './program.js';
import { project, sigctl } from './rig.js';

/** Typed words, code, message, hint. */
const LINES: readonly (readonly [readonly string[], string, RegExp, string])[] = [
  [['stauts'], 'COMMAND_UNKNOWN', /^Cannot find command "stauts"$/, 'Did you mean: sigctl status'],
  [['stauts', 'web', '--json'], 'COMMAND_UNKNOWN', /"stauts"/, 'Did you mean: sigctl status web --json'],
  [['ps'], 'COMMAND_UNKNOWN', /"ps"/, 'Did you mean: sigctl status'],
  [['log', 'two words'], 'COMMAND_UNKNOWN', /"log"/, "Did you mean: sigctl logs 'two words'"],
  [['frobnicate'], 'COMMAND_UNKNOWN', /"frobnicate"/, 'See all commands: sigctl --help'],
  [[''], 'COMMAND_UNKNOWN', /^Cannot find command ""$/, 'See all commands: sigctl --help'],
  [['über\u0007'], 'COMMAND_UNKNOWN', /^Cannot find command "über\\u0007"$/, 'See all commands: sigctl --help'],
  [['constructor'], 'COMMAND_UNKNOWN', /"constructor"/, 'See all commands: sigctl --help'],
  [
    ['status', '--jsn'],
    'OPTION_UNKNOWN',
    /^Cannot find option "--jsn" of "sigctl status"$/,
    'Did you mean: sigctl status --json',
  ],
  [['status', '-json'], 'OPTION_UNKNOWN', /"-json"/, 'Did you mean: sigctl status --json'],
  [['stop', '--wiat=5s', 'web'], 'OPTION_UNKNOWN', /"--wiat" of/, 'Did you mean: sigctl stop --wait=5s web'],
  [['start', '--no-colour'], 'OPTION_UNKNOWN', /"--no-colour" of/, 'Did you mean: sigctl start --no-color'],
  [['status', '--json=1'], 'OPTION_UNKNOWN', /^Cannot give "--json" a value/, 'Did you mean: sigctl status --json'],
  [['status', '--josn=1'], 'OPTION_UNKNOWN', /"--josn" of/, 'Did you mean: sigctl status --json'],
  [['start', '-x'], 'OPTION_UNKNOWN', /"-x" of/, 'See how: sigctl help start'],
  [['start', "--it's"], 'OPTION_UNKNOWN', /"--it's" of/, 'See how: sigctl help start'],
  [['--json', 'status'], 'OPTION_UNKNOWN', /"--json" of "sigctl"/, 'Put it behind the command: sigctl status --json'],
  [['--frob'], 'OPTION_UNKNOWN', /"--frob" of "sigctl"$/, 'See what there is: sigctl --help'],
  [
    ['completion'],
    'ARGUMENT_MISSING',
    /^Cannot run "sigctl completion" without <action>$/,
    'For example: sigctl completion bash',
  ],
  [
    ['completion', 'zhs'],
    'VALUE_INVALID',
    /^Cannot use "zhs" as <action>: allowed choices are bash/,
    'Did you mean: sigctl completion zsh',
  ],
  [
    ['stop', '--wait'],
    'VALUE_MISSING',
    /^Cannot use "--wait" without <duration>$/,
    'For example: sigctl stop --wait 2m',
  ],
  [['backup', '--to'], 'VALUE_MISSING', /"--to" without <dir>/, 'See how: sigctl help backup'],
  [['status', '--config'], 'VALUE_MISSING', /"--config" without <file>/, 'See what there is: sigctl --help'],
  [
    ['stop', '--wait', 'soon'],
    'VALUE_INVALID',
    /^Cannot use "soon" as --wait: expected a duration such as/,
    'For example: sigctl stop --wait 2m',
  ],
  [['stop', '--wait', "it's"], 'VALUE_INVALID', /^Cannot use "it's" as --wait/, 'For example: sigctl stop --wait 2m'],
  [
    ['doctor', 'a', 'b c'],
    'ARGUMENT_EXCESS',
    /^Cannot use "a", "b c": "sigctl doctor" takes no argument$/,
    'Without it: sigctl doctor',
  ],
  [
    ['mode', 'a', 'a', '--json'],
    'ARGUMENT_EXCESS',
    /^Cannot use "a": "sigctl mode" takes one argument$/,
    'Without it: sigctl mode a --json',
  ],
];

for (const [argv, code, message, hint] of LINES) {
  test(`sigctl ${argv.map((word) => JSON.stringify(word)).join(' ')} is refused with ${code} and a line to type`, async () => {
    const error = await refusal(await wholeProgram(), argv);
    assert.equal(error.code, code);
    assert.match(error.message, message);
    assert.equal(error.hint, hint);
    assert.equal(error.exitCode, 2);
  });
}

test('a fault of the line that has no words of its own keeps those of commander', async () => {
  const program = new Command('sigctl')
    .addOption(new Option('--a').conflicts('b'))
    .addOption(new Option('--b'))
    .action(() => undefined);
  const error = await refusal(refuseQuietly(program), ['--a', '--b']);
  assert.equal(error.code, 'USAGE_INVALID');
  assert.match(error.message, /^Cannot run "sigctl --a --b": option "--a" cannot be used with option "--b"$/);
});

test('a value that a command refuses by itself is told in its words', async () => {
  const parse = (): never => {
    throw new InvalidArgumentError('Expected a colour.');
  };
  const program = new Command('sigctl').argument('<paint>', 'colour', parse).action(() => undefined);
  const error = await refusal(refuseQuietly(program), ['7']);
  assert.equal(error.message, 'Cannot use "7" as <paint>: expected a colour');
});

test('a service where a command belongs is told apart from a word that means nothing', async (t) => {
  const root = project(t);
  const run = await sigctl(root, ['trading']);
  assert.equal(run.exitCode, 2);
  assert.match(run.stderr, /\nhint: It is a service, so name a command before it: sigctl status trading\n$/);
  const elsewhere = await sigctl(root, ['trading', '-c', 'absent.cjs']);
  assert.match(elsewhere.stderr, /^sigctl: Cannot find command "trading"\nhint: See all commands: sigctl --help\n$/);
});

test('a wrong line is one message on stderr, and nothing on stdout', async (t) => {
  const run = await sigctl(project(t), ['statsu']);
  assert.deepEqual([run.exitCode, run.stdout], [2, '']);
  assert.equal(run.stderr, 'sigctl: Cannot find command "statsu"\nhint: Did you mean: sigctl status\n');
});

test('a wrong line with --json is one JSON document on stdout, and nothing on stderr', async (t) => {
  const run = await sigctl(project(t), ['stop', '--wait', 'soon', '--json']);
  assert.deepEqual([run.exitCode, run.stderr], [2, '']);
  const { schemaVersion, ok, error } = JSON.parse(run.stdout);
  assert.deepEqual([schemaVersion, ok, error.code], [1, false, 'VALUE_INVALID']);
  assert.deepEqual(Object.keys(error), ['code', 'message', 'hint']);
});

/** What the program answers to a line that it must refuse. Nothing of the line is carried out. */
async function refusal(program: Command, argv: readonly string[]): Promise<SigctlError> {
  try {
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    if (error instanceof RefusedLine) return usageError(error, argv);
    throw error;
  }
  throw new Error(`Not refused: ${argv.join(' ')}`);
}
