import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { EXIT } from '../../src/errors.js';
import { wholeProgram } from '../cli/program.js';
import { REPO } from '../e2e/rig.js';

/** Words of the same shape that are no codes of errors: of SQLite, of systems, of variables, of doctor's findings. */
const NO_CODE =
  /^(?:SQLITE_|ERR_|XDG_|SIGCTL_|NODE_|LC_|PM2_HOME|FORCE_COLOR|NO_COLOR|MANIFEST_NOTE|NOT_CHECKED|CHECK_FAILED)/;

const sources = readdirSync(join(REPO, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => ({ name, text: readFileSync(join(REPO, 'src', name), 'utf8') }));

/** Every code that a `SigctlError` of these sources can have. */
const codes = new Set(
  sources
    .filter(
      ({ name, text }) =>
        (/SigctlError|misuse\(/.test(text) || ['core/outcome.ts', 'core/reload-plan.ts'].includes(name)) &&
        !name.startsWith('services/watchdog'),
    )
    .flatMap(({ text }) => [...text.matchAll(/(?<!\[)'([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|INTERRUPTED|CRASHED)'/g)])
    .map(([, code = '']) => code)
    .filter((code) => !NO_CODE.test(code)),
);

const page = readFileSync(join(REPO, 'docs/errors.md'), 'utf8');
const rows = new Map(
  [...page.matchAll(/^\| `([A-Z0-9_]+)` \| ([\d, ]+) \| (.+) \| (.+) \|$/gm)].map(
    ([, code = '', exits = '', what = '', hint = '']) => [code, { exits, what, hint }],
  ),
);

test('docs/errors.md explains every code of an error, and no other', () => {
  assert.ok(codes.size > 90, `${codes.size}`);
  assert.deepEqual([...rows.keys()].sort(), [...codes].sort());
  const known = new Set(Object.values(EXIT).map(String));
  for (const [code, { exits }] of rows) for (const exit of exits.split(', ')) assert.ok(known.has(exit), code);
});

test('a code that is thrown with one exit code for certain has that one in docs/errors.md', () => {
  const site = /code: '([A-Z0-9_]+)',(?:(?!code: )[\s\S]){0,400}?exitCode: EXIT\.(\w+)/g;
  const found = sources.flatMap(({ text }) => [...text.matchAll(site)]);
  assert.ok(found.length > 40, `${found.length}`);
  for (const [, code = '', name = ''] of found) {
    if (!codes.has(code) || !isExitName(name)) continue;
    assert.ok(rows.get(code)?.exits.split(', ').includes(String(EXIT[name])), `${code}: ${name}`);
  }
});

/** Commands in hints, next steps and docs/errors.md, up to where the words for people go on. */
const COMMAND =
  /(?<!the |older |newer |Update |run |no )\bsigctl ((?:@\w+ )?)([a-z-]+)((?: (?:--?[a-z][a-z-]*|<[\w ]+>|[\w./:@=-]+))*)/g;

/** What follows the name of the program in a sentence. */
const PROSE = ['makes'];

test('every command that a hint names exists, with the options that it names', async () => {
  const program = await wholeProgram();
  const hints = sources
    .filter(({ name }) => !/^(?:services|service|init)\//.test(name))
    .flatMap(({ name, text }) =>
      [...text.matchAll(/(?:hint|next):?\s*(?:\n\s*)?['`"]([^\n]*)['`"]/g)].map(([, hint = '']) => ({ name, hint })),
    );
  const ofPage = [...rows].map(([code, { hint }]) => ({ name: code, hint }));
  const lines = [...hints, ...ofPage].flatMap(({ name, hint }) =>
    [...hint.matchAll(COMMAND)].map(([line, , command = '', rest = '']) => ({ name, line, command, rest })),
  );
  assert.ok(lines.length > 100, `${lines.length}`);
  for (const { name, line, command, rest } of lines) {
    if (command.startsWith('-') || PROSE.includes(command)) continue;
    const known = program.commands.find((candidate) => candidate.name() === command);
    assert.ok(known !== undefined, `${name}: ${line}`);
    const options = [...known.options, ...program.options].flatMap(({ long, short }) => [long, short]);
    for (const flag of rest.match(/(?<= )--?[a-z][a-z-]*/g) ?? [])
      assert.ok(options.includes(flag), `${name}: ${line}`);
  }
});

function isExitName(name: string): name is keyof typeof EXIT {
  return Object.hasOwn(EXIT, name);
}
