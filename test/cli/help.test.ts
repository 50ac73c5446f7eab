import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createRoot } from '../../src/cli/program.js';
import { COMMAND_NAMES } from '../../src/cli/purposes.js';
import { runHelp } from '../../src/commands/help.js';
import { EXIT } from '../../src/errors.js';
import { appSchema, BLOCK_KEYS, stackSchema } from '../../src/manifest/schema.js';
import { HELP_TOPICS } from '../../src/render/help-topics.js';
import { REPO } from '../e2e/rig.js';
import { wholeProgram } from './program.js';
import { project, sigctl } from './rig.js';

for (const name of COMMAND_NAMES) {
  test(`the help of "${name}" has a purpose of one line, examples that can be typed, and exit codes`, async () => {
    const written: string[] = [];
    const program = await wholeProgram(written);
    await runHelp({ out: { print: assert.fail } }, { subject: name, program });
    const help = written.join('');
    const command = program.commands.find((candidate) => candidate.name() === name);
    assert.match(command?.description() ?? '', /^[A-Z][^\n]+[^.\n]$/);
    const examples = help.split('\nExamples:\n')[1]?.split('\n\n')[0] ?? '';
    const lines = examples.split('\n').filter((line) => line.includes(`sigctl ${name}`));
    assert.ok(lines.length >= 2, `examples of ${name}:\n${examples}`);
    const options = [...(command?.options ?? []), ...program.options].flatMap(({ long, short }) => [long, short]);
    for (const flag of lines.flatMap(
      (line) =>
        line
          .trim()
          .split(/\s{2,}| \| /)[0]
          ?.match(/(?<= )--?[a-z-]+/g) ?? [],
    )) {
      assert.ok(options.includes(flag), `sigctl ${name} has no option ${flag}`);
    }
    assert.match(help, /^Exit codes: 0 .*2 wrong use|^Exit codes: 0 .*2 there is no/ms);
    for (const { description, flags } of command?.options ?? []) assert.notEqual(description, '', flags);
  });
}

for (const { name, text } of HELP_TOPICS) {
  test(`the topic "${name}" fits into 80 columns and has examples`, async () => {
    const printed: string[] = [];
    await runHelp(
      { out: { print: (line) => void printed.push(line) } },
      { subject: name, program: await wholeProgram() },
    );
    assert.deepEqual(printed, [text]);
    for (const line of text.split('\n')) assert.ok(line.length <= 80, line);
    assert.match(text, /^Examples:\n {2}\S/m);
  });
}

test('the topic "manifest" explains every key that the schema knows, and names no other', () => {
  const text = topic('manifest');
  const known = [
    ...Object.keys(appSchema.shape),
    ...Object.keys(stackSchema.shape),
    ...Object.values(BLOCK_KEYS).flat(),
  ];
  for (const key of known) assert.match(text, new RegExp(`\\b${key}\\b`), key);
  const [keys = ''] = text.split('\nExamples:');
  const explained = [...keys.matchAll(/^ {2}(?=\S)([a-z_A-Z, ]+?)(?: {2,}|$)/gm)].flatMap(([, keys = '']) =>
    keys.split(', '),
  );
  for (const key of explained) assert.ok(known.includes(key), key);
});

test('the topic "environment" names every variable that the launcher gives a service', () => {
  const source = readFileSync(join(REPO, 'src/operate/service-env.ts'), 'utf8');
  const given = new Set([...source.matchAll(/\b(?:SIGCTL_[A-Z_]+|NODE_APP_INSTANCE)\b/g)].map(([name]) => name));
  const inherited = [...(/INHERITED = \[(.*)\]/.exec(source)?.[1] ?? '').matchAll(/'(\w+)'/g)].map(
    ([, name = '']) => name,
  );
  assert.ok(given.size >= 9 && inherited.length >= 10);
  for (const name of [...given, ...inherited]) assert.match(topic('environment'), new RegExp(`\\b${name}\\b`), name);
});

test('the topic "exit-codes" has a paragraph for every code', () => {
  for (const code of [...Object.values(EXIT), 130])
    assert.match(topic('exit-codes'), new RegExp(`^ +${code}  \\S`, 'm'));
});

test('an unknown subject suggests the nearest command or topic', async () => {
  const program = await wholeProgram();
  const deps = { out: { print: assert.fail } };
  const refused = (subject: string, hint: string) =>
    assert.throws(() => runHelp(deps, { subject, program }), { code: 'SUBJECT_UNKNOWN', exitCode: 2, hint });
  refused('statsu', 'Did you mean: sigctl help status');
  refused('exit-code', 'Did you mean: sigctl help exit-codes');
  refused('nothing-like-it', 'See all of them: sigctl help');
});

test('sigctl help and sigctl --help are the same, and list commands and topics', async (t) => {
  const root = project(t);
  const help = await sigctl(root, ['help']);
  assert.deepEqual([help.exitCode, help.stderr], [0, '']);
  assert.equal((await sigctl(root, ['--help'])).stdout, help.stdout);
  for (const { name, description } of HELP_TOPICS)
    assert.match(help.stdout, new RegExp(`^  ${name} +${description}$`, 'm'));
  for (const name of COMMAND_NAMES) assert.match(help.stdout, new RegExp(`^  ${name} +\\S`, 'm'));
  for (const { flags } of createRoot('1').options) assert.match(help.stdout, new RegExp(`^  ${flags} +\\S`, 'm'));
  assert.doesNotMatch(help.stdout, /__complete/);
});

test('sigctl help status is what sigctl status --help shows', async (t) => {
  const root = project(t);
  const help = await sigctl(root, ['help', 'status']);
  assert.deepEqual([help.exitCode, help.stderr], [0, '']);
  assert.equal(help.stdout, (await sigctl(root, ['status', '--help'])).stdout);
});

function topic(name: string): string {
  return HELP_TOPICS.find((candidate) => candidate.name === name)?.text ?? '';
}

test('a command that is only declared, for its help or for a line that is wrong, listens to no signal and to no stream', async () => {
  const count = () =>
    [...process.eventNames(), 'SIGINT'].map((name) => `${String(name)} ${process.listenerCount(name)}`);
  const streams = () => [process.stdout, process.stderr, process.stdin].map((stream) => stream.listenerCount('error'));
  const before = [new Set(count()), streams()];
  await wholeProgram();
  assert.deepEqual([new Set(count()), streams()], before);
});
