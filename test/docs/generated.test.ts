import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { generatedFiles, ROOT } from '../../scripts/docs/generated-files.js';
import { splitHelp } from '../../scripts/docs/read-pages.js';
import { COMMAND_NAMES } from '../../src/cli/purposes.js';
import { HELP_TOPICS } from '../../src/render/help-topics.js';

const files = await generatedFiles();

for (const [path, text] of files) {
  test(`${path} is what the program says of itself (npm run docs renews it)`, () => {
    assert.equal(readFileSync(join(ROOT, path), 'utf8'), text);
  });
}

test('every command has a page with examples and exit codes, and every topic is there', () => {
  const page = files.get('docs/commands.md') ?? '';
  for (const name of COMMAND_NAMES) {
    const [, section = ''] = page.split(`\n## sigctl ${name}\n`);
    const [own = ''] = section.split('\n## ');
    assert.match(own, new RegExp(`\`\`\`text\nsigctl ${name}`), name);
    assert.match(own, new RegExp(`\`\`\`sh\n.*sigctl .*${name}`), name);
    assert.match(own, /^Exit codes: 0 /m, name);
  }
  for (const { name } of HELP_TOPICS) assert.ok(page.includes(`\n## ${name}\n`), name);
});

test('every link inside docs/commands.md leads somewhere', () => {
  const page = files.get('docs/commands.md') ?? '';
  const anchors = [...page.matchAll(/^## (.+)$/gm)].map(([, title = '']) => title.toLowerCase().replaceAll(' ', '-'));
  for (const [, anchor = ''] of page.matchAll(/\]\(#([^)]+)\)/g)) assert.ok(anchors.includes(anchor), anchor);
});

const GROFF = spawnSync('groff', ['--version']).status === 0 ? false : 'groff is not installed';

test('groff reads the man page without a warning, and shows every command', { skip: GROFF }, () => {
  const { stdout, stderr, status } = spawnSync('groff', ['-man', '-Kutf8', '-Tutf8', '-ww', '-P-cbou', '-'], {
    input: files.get('docs/man/sigctl.1'),
    encoding: 'utf8',
  });
  assert.deepEqual([status, stderr], [0, '']);
  for (const name of COMMAND_NAMES) assert.match(stdout, new RegExp(`^ +sigctl ${name}\\b`, 'm'), name);
  assert.match(stdout, /--no-color/);
});

test('splitHelp() refuses a help without examples or exit codes', () => {
  assert.throws(() => splitHelp('\nExamples:\n  sigctl x\n'), /without examples and exit codes/);
});
