// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are the shell's, not ours
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Stack } from '../../src/core/stack.js';
import { type Draft, draftManifest, MAX_SOURCE_CHARACTERS } from '../../src/init/draft-manifest.js';
import { serviceName } from '../../src/init/service-name.js';
import type { SourceFormat } from '../../src/init/source-format.js';
import { validateManifestText } from '../../src/manifest/validate-text.js';
import { refusalOf, requestFor } from '../manifest/request.js';
import { folderOf } from './folder.js';

const NAMES = {
  procfile: 'Procfile',
  compose: 'compose.yml',
  supervisord: 'supervisord.conf',
  package: 'package.json',
} as const;
type TextFormat = keyof typeof NAMES;

function draft(format: TextFormat, text: string, files: Readonly<Record<string, string>> = {}): Promise<Draft> {
  return draftManifest({ source: NAMES[format], format, text, folder: folderOf(files), sourceFolder: '.' });
}

/** What our own loader makes of it. */
async function stackOf(format: TextFormat, text: string): Promise<Stack> {
  const { text: manifest } = await draft(format, text);
  const { home: _home, sigctlVersion: _version, ...request } = requestFor('/nonexistent/project/ecosystem.config.cjs');
  return validateManifestText(manifest, request);
}

const namesOf = (stack: Stack): readonly string[] => stack.services.map(({ name }) => name);

test('names that no service can have become some, all different, and the loader takes them', async () => {
  const names = [
    'web',
    'web',
    'wéb',
    'all',
    'pm2',
    '..',
    '日本',
    '🚀',
    '-x',
    'a/b',
    '__proto__',
    'constructor',
    'x'.repeat(90),
    'WEB',
  ];
  const stack = await stackOf('procfile', names.map((name) => `${name}: node a.js`).join('\n'));
  assert.equal(stack.services.length, names.length);
  assert.equal(new Set(namesOf(stack)).size, names.length);
  assert.deepEqual(namesOf(stack).slice(0, 4), ['web', 'web-2', 'web-3', 'all-service']);
});

test('a changed name is told, and references follow it', async () => {
  const text = `services:
  "my web": { build: ., command: node a.js, depends_on: ["d b"] }
  "d b": { build: ., command: node b.js }
`;
  const { notes } = await draft('compose', text);
  assert.match(notes.join('\n'), /^my-web: was called "my web" in its source$/m);
  assert.deepEqual((await stackOf('compose', text)).services[0]?.needs, ['d-b']);
});

test('a name keeps clear of the processes of another service', () => {
  assert.equal(serviceName('web-0', new Set(['web', 'web-0', 'web-1'])), 'web-0-2');
});

test('no text gets out of its string or its comment', async () => {
  const evil = `x'); process.exit(9); ('\u2028process.exit(9)\u2029*/ \${process.exit(9)} \u202e \\`;
  const yaml = JSON.stringify({
    services: {
      [`a\u2028process.exit(9)`]: {
        build: '.',
        command: ['run', evil],
        environment: { A: evil, [`${evil} k`.replace('=', '')]: 'v' },
        [`key\n${evil}`]: 1,
      },
      [`left\nprocess.exit(9)//`]: { image: `postgres\u2028process.exit(9)` },
    },
  });
  const stack = await stackOf('compose', yaml);
  assert.equal(stack.services[0]?.args[0], evil);
  assert.equal(stack.services[0]?.env['A'], evil);
  const { text } = await draft('compose', yaml);
  assert.doesNotMatch(text, /[\u2028\u2029\u202e]/);
});

test('__proto__ as a variable stays one', async () => {
  const stack = await stackOf('procfile', `web: __proto__=1 A=2 node a.js`);
  assert.equal(stack.services[0]?.env['A'], '2');
});

test('two services on one port: the one that listens to PORT moves, the other is told', async () => {
  const moved = await stackOf(
    'compose',
    'services:\n  a: {build: ., command: node a.js, ports: ["3000:3000"]}\n  b: {build: ., command: node b.js, environment: {PORT: 3000}}\n',
  );
  assert.deepEqual(
    [moved.services[0]?.port, moved.services[1]?.port, moved.services[1]?.env['PORT']],
    [3000, 3001, '3001'],
  );
  const fixed =
    'services:\n  a: {build: ., command: node a.js, ports: [80]}\n  b: {build: ., command: node b.js, ports: [80]}\n';
  assert.equal((await stackOf('compose', fixed)).services[1]?.port, undefined);
  assert.match((await draft('compose', fixed)).notes.join('\n'), /b: listens on port 80 like "a"/);
});

test('the PORT of the shell goes to one service only', async () => {
  const stack = await stackOf('procfile', 'a: x --port $PORT\nb: y --port $PORT');
  assert.deepEqual(
    stack.services.map(({ passEnv, port }) => [passEnv, port]),
    [
      [['PORT'], 5000],
      [[], 5100],
    ],
  );
});

test('carriage returns and a byte order mark make no difference', async () => {
  const plain: readonly (readonly [TextFormat, string])[] = [
    ['procfile', 'web: node a.js\n# x\nbot: python3 b.py\n'],
    ['compose', 'services:\n  web:\n    build: .\n    command: node a.js\n'],
    ['supervisord', '[program:web]\ncommand=node a.js\nenvironment=A="1",\n B="2"\n'],
    ['package', '{\n"scripts": {"start": "node a.js"}\n}\n'],
  ];
  for (const [format, text] of plain) {
    const windows = `\ufeff${text.replaceAll('\n', '\r\n')}`;
    assert.equal((await draft(format, windows)).text, (await draft(format, text)).text, format);
  }
});

for (const format of Object.keys(NAMES) as TextFormat[]) {
  test(`an empty, a huge and a binary file as ${format} are refused or come to nothing`, async () => {
    for (const text of ['', '\n\n', '   ']) {
      const result = await draft(format, text).catch((error: unknown) => error);
      if (result instanceof Error)
        assert.equal((await refusalOf(() => Promise.reject(result))).code, 'INIT_SOURCE_BROKEN');
      else assert.equal((result as Draft).count, 0);
    }
    const huge = 'a: b\n'.repeat(MAX_SOURCE_CHARACTERS / 4);
    assert.match((await refusalOf(() => draft(format, huge))).message, /larger than 256 KB/);
    assert.match((await refusalOf(() => draft(format, 'web: \0'))).message, /it is no text/);
  });
}

test('a file as large as is allowed is read in bounded time, whatever it repeats', { timeout: 120_000 }, async () => {
  for (const [format, piece] of [
    ['procfile', 'w: $A & "x" \n'],
    ['procfile', 'w: ${A:-'],
    ['procfile', '& '],
    ['supervisord', '[program:x]\ncommand=a\nenvironment=aaaa\n'],
    ['compose', '# x\n'],
  ] as const) {
    const text = piece.repeat(Math.floor(20_000 / piece.length));
    await draft(format, text).catch((error: unknown) => assert.match(String(error), /SigctlError|Cannot/));
  }
});

test('a random mixture of the characters of each format never breaks the parser or the manifest', async () => {
  let seed = 20261122;
  const random = (limit: number): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    return Math.floor((seed / 2 ** 31) * limit);
  };
  const parts = [
    'web',
    ':',
    ' ',
    '\n',
    '&',
    '&&',
    '"',
    "'",
    '$PORT',
    '${X:-1}',
    '$(',
    ')',
    '`',
    '\\',
    '#',
    '=',
    'A=1',
    'wait',
    'cd x',
    ';',
    '|',
    '>',
    '[program:a]',
    'command=',
    'exec',
    'sh -c',
    'é',
    '\u2028',
    '{',
    '}',
    '%(ENV_A)s',
  ];
  for (let round = 0; round < 400; round++) {
    const text = Array.from({ length: random(25) }, () => parts[random(parts.length)] ?? '').join('');
    for (const [format, input] of [
      ['procfile', `a: ${text}`],
      ['supervisord', `[program:a]\ncommand=${text}`],
    ] as const) {
      const { count } = await draft(format, input);
      if (count > 0) assert.ok((await stackOf(format, input)).services.length === count, JSON.stringify(input));
    }
  }
});

test('a cycle in depends_on is refused by the loader, and nothing is made of it', async () => {
  const text =
    'services:\n  a: {build: ., command: x, depends_on: [b]}\n  b: {build: ., command: y, depends_on: [a]}\n';
  assert.equal((await refusalOf(() => stackOf('compose', text))).code, 'MANIFEST_INVALID');
});

test('a source in another folder: paths begin there', async () => {
  const format: SourceFormat = 'procfile';
  const folder = folderOf({ '.env': 'A=1' });
  const made = await draftManifest({
    source: 'deploy/Procfile',
    format,
    text: 'a: node a.js\nb: cd x && node b.js\nc: cd /srv && node c.js',
    folder,
    sourceFolder: 'deploy',
  });
  assert.deepEqual(made.text.match(/cwd: '.*'/g), ["cwd: 'deploy'", "cwd: 'deploy/x'", "cwd: '/srv'"]);
  assert.match(made.text, /env_file: \['deploy\/\.env'\]/);
});
