import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { findViolations } from '../../scripts/imports/find-violations.js';
import { scanSource } from '../../scripts/imports/scan-source.js';

/** A source tree with these files, and what the check says of it. */
function check(t: TestContext, files: Readonly<Record<string, string>>): readonly string[] {
  const root = mkdtempSync(join(tmpdir(), 'sigctl-imports-'));
  t.after(() => rmSync(root, { recursive: true }));
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
  return findViolations(root);
}

test('this repository keeps to its import table', () => {
  assert.deepEqual(findViolations(fileURLToPath(new URL('../..', import.meta.url))), []);
});

test('what the table allows passes', (t) => {
  const violations = check(t, {
    'src/core/size.ts': 'export const KB = 1024;\n',
    'src/errors.ts': 'export class SigctlError extends Error {}\n',
    'src/store/open.ts': `import { join } from 'node:path';\nimport Database from 'better-sqlite3';\nimport { KB } from '../core/size.js';\n`,
    'src/services/website/main.ts': `import fastify from 'fastify';\nimport { open } from '../../store/open.js';\nimport { view } from './view.js';\n`,
    'src/services/website/view.ts': `import { x } from '../../manifest/read-snapshot.js';\n`,
    'src/services/trading/config.ts': `import { z } from 'zod';\n`,
    'src/manifest/read-snapshot.ts': 'export const x = 1;\n',
    'src/main.ts': `export const run = () => import('./store/open.js');\n`,
  });
  assert.deepEqual(violations, []);
});

test('an import of a folder that the table does not allow is named with file and line', (t) => {
  const violations = check(t, {
    'src/render/table.ts': `\n/** A table. */\nimport { open } from '../store/open.js';\n`,
    'src/store/open.ts': 'export const open = 1;\n',
  });
  assert.deepEqual(violations, ['src/render/table.ts:3: "render" may not import "store" (../store/open.js)']);
});

test('a type-only import counts like any other', (t) => {
  const violations = check(t, {
    'src/core/plan.ts': `import type { Row } from '../store/open.js';\nimport type { Stats } from 'node:fs';\n`,
    'src/store/open.ts': 'export interface Row {}\n',
  });
  assert.equal(violations.length, 2);
  assert.match(violations[0] ?? '', /plan\.ts:1: "core" may not import "store"/);
  assert.match(violations[1] ?? '', /plan\.ts:2: "core" is pure and may not import "node:fs"/);
});

test('a lazy import() counts like any other', (t) => {
  const violations = check(t, {
    'src/logs/follow.ts': `export const load = async () => (await import('../pm2/client.js')).client;\n`,
    'src/pm2/client.ts': 'export const client = 1;\n',
  });
  assert.match(violations.join(), /"logs" may not import "pm2"/);
});

test('one service may not import another, and only the website reads the store', (t) => {
  const violations = check(t, {
    'src/services/trading/main.ts': `import { feed } from '../market-data/feed.js';\nimport { open } from '../../store/open.js';\n`,
    'src/services/market-data/feed.ts': 'export const feed = 1;\n',
    'src/store/open.ts': 'export const open = 1;\n',
  });
  assert.equal(violations.length, 2);
  assert.match(violations[0] ?? '', /"services\/trading" may not import "services\/market-data"/);
  assert.match(violations[1] ?? '', /"services\/trading" may not import "store"/);
});

for (const [file, text, expected] of [
  ['src/commands/status.ts', `import chalk from 'chalk';`, /may not import the package "chalk"/],
  ['src/core/plan.ts', `import Big from 'big.js';`, /may not import the package "big.js"/],
  ['src/store/open.ts', `import { z } from 'zod';`, /may not import the package "zod"/],
  ['src/services/trading/strategy.ts', `import { z } from 'zod';`, /only the config file may import "zod"/],
  ['src/services/trading/main.ts', `import pino from 'pino';`, /may not import the package "pino"/],
  ['src/process/tree.ts', `import { readFileSync } from 'fs';`, /needs the prefix "node:"/],
  ['src/pm2/client.ts', `import lodash from 'lodash/fp';`, /may not import the package "lodash"/],
  ['src/utils/text.ts', 'export const x = 1;', /no row for "utils"/],
  ['src/core/plan.ts', `import { x } from './absent.js';`, /is no file of src/],
  ['src/core/plan.ts', 'export default 1;', /plan\.ts:1: default export/],
  ['src/core/plan.ts', 'const x = 1;\nexport { x as default };', /plan\.ts:2: default export/],
  ['src/core/plan.ts', `export * from './plan.js';`, /"export \*"/],
] as const) {
  test(`${file} with "${text.replaceAll('\n', ' ')}" is refused`, (t) => {
    assert.match(check(t, { [file]: `${text}\n` }).join('\n'), expected);
  });
}

test('an import cycle is reported once, with its path', (t) => {
  const violations = check(t, {
    'src/core/a.ts': `import { b } from './b.js';\n`,
    'src/core/b.ts': `import { c } from './c.js';\n`,
    'src/core/c.ts': `import { b } from './b.js';\n`,
  });
  assert.deepEqual(violations, ['src/core/b.ts: import cycle: src/core/b.ts → src/core/c.ts → src/core/b.ts']);
});

test('text that only looks like an import is not one', () => {
  const source = [
    `// import { a } from 'a';`,
    '/*',
    `import { b } from 'b';`,
    '*/',
    'const code = `',
    `import { c } from 'c';`,
    '`;',
    `const url = 'http://example.invalid/*'; // import('d')`,
    `const quote = /['"]/; const later = import('real-1');`,
    `import {`,
    '  real,',
    `} from "real-2";`,
    `import 'real-3';`,
  ].join('\n');
  const found = scanSource(source).imports.map(({ specifier, line }) => `${specifier}:${line}`);
  assert.deepEqual(found.sort(), ['real-1:9', 'real-2:10', 'real-3:13']);
});
