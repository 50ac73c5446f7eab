import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../../scripts/chaos/random.js';
import { DECLARED_NAMES, type DeclaredName, loadDeclaration } from '../../src/cli/declared-commands.js';
import { createDeps } from '../../src/cli/deps.js';
import { readPlainLine } from '../../src/cli/plain-line.js';
import { readTerminal } from '../../src/cli/terminal.js';
import type { Declaration, ParsedLine } from '../../src/commands/declaration.js';
import { parse } from '../commands/deps.js';

type Line = ParsedLine<Readonly<Record<string, unknown>>>;

const DECLARED = new Map<DeclaredName, Declaration>();
for (const name of DECLARED_NAMES)
  DECLARED.set(name, await loadDeclaration(name, createDeps(readTerminal([], {}), undefined)));

function declaration(name: DeclaredName): Declaration {
  const declared = DECLARED.get(name);
  assert.ok(declared);
  return declared;
}

/** What commander makes of the words behind a command; `undefined` when it refuses them. */
async function byCommander(declared: Declaration, typed: readonly string[]): Promise<Line | undefined> {
  let seen: Line | undefined;
  const spy = async (line: Line): Promise<void> => {
    seen = line;
  };
  await parse({ ...declared, run: spy }, [declared.name, ...typed]).catch(() => undefined);
  return seen;
}

/** Commander has no name for what was not typed. */
function comparable(line: Line | undefined): unknown {
  const given = Object.entries(line?.flags ?? {}).filter(([, value]) => value !== undefined);
  return line && { ...line, flags: Object.fromEntries(given) };
}

const PLAIN: readonly (readonly [DeclaredName, string])[] = [
  ['status', ''],
  ['status', '--json'],
  ['status', '-q --check'],
  ['status', '--json --json trading'],
  ['status', 'web -c stack.cjs --no-color'],
  ['why', 'trading'],
  ['why', '--json trading'],
  ['env', 'trading --config stack.cjs'],
  ['history', '--since 24h --until 09:30 trading web'],
  ['history', '--kind exit --kind start,stop -n 10'],
  ['logs', '-n 20'],
  ['logs', '--no-prefix -f --level warn --grep x -i --field a=b --field c=d web'],
  ['wait', 'web --timeout 0'],
  ['wait', '--for stopped --timeout 1m'],
  ['mode', ''],
  ['mode', 'standard --dry-run --wait 5s'],
  ['config', '--diff --check'],
  ['alerts', ''],
  ['alerts', 'retry --json'],
];

for (const [name, text] of PLAIN) {
  const typed = text.split(' ').filter(Boolean);
  test(`"sigctl ${[name, ...typed].join(' ')}" is plain, and means what it means to commander`, async () => {
    const declared = declaration(name);
    const plain = readPlainLine(declared, typed);
    assert.ok(plain);
    assert.deepEqual(comparable(plain), comparable(await byCommander(declared, typed)));
  });
}

const LEFT: readonly (readonly [DeclaredName, string])[] = [
  ['status', '-w'],
  ['status', '--interval 5s'],
  ['status', '--jsn'],
  ['status', '-- x'],
  ['status', '--help'],
  ['why', ''],
  ['why', 'a b'],
  ['mode', 'a b'],
  ['logs', '-n20'],
  ['logs', '--lines=20'],
  ['logs', '-n many'],
  ['logs', '-n'],
  ['logs', '--level loud'],
  ['history', '--since --json'],
  ['wait', '--timeout soon'],
  ['alerts', 'resend'],
  ['config', '-c'],
];

for (const [name, text] of LEFT) {
  test(`"sigctl ${name} ${text}" is left to commander`, () => {
    assert.equal(readPlainLine(declaration(name), text.split(' ').filter(Boolean)), undefined);
  });
}

const WORDS = [
  'a',
  'web-1',
  '',
  '-',
  '--',
  '-x',
  '--wat',
  '-n5',
  '-fi',
  '-c',
  '--config',
  '--no-color',
  'm.cjs',
] as const;
const VALUES = [
  '5',
  '0',
  '10m',
  'soon',
  '-1',
  'warn',
  'stopped',
  'exit,start',
  'a=b',
  'retry',
  '9'.repeat(30),
] as const;

test('no line of any command means without commander what it does not mean with it (2,000 lines at random)', async () => {
  const random = seededRandom(4);
  let plainOnes = 0;
  for (let round = 0; round < 2_000; round += 1) {
    const declared = declaration(DECLARED_NAMES[random.whole(0, DECLARED_NAMES.length - 1)] ?? 'status');
    const flags = Object.values(declared.options).flatMap((option) => option.flags.split(/, | /));
    const word = (): string => {
      const from = random.whole(0, 4);
      return from < 2 ? (flags[random.whole(0, flags.length - 1)] ?? '') : random.pick(from < 4 ? VALUES : WORDS);
    };
    const typed = Array.from({ length: random.whole(0, 5) }, word);
    const plain = readPlainLine(declared, typed);
    if (plain === undefined) continue;
    plainOnes += 1;
    assert.deepEqual(comparable(plain), comparable(await byCommander(declared, typed)), JSON.stringify(typed));
  }
  assert.ok(plainOnes > 200, `${plainOnes} of them are plain`);
});
