import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commentPm2File } from '../../src/init/pm2-file.js';
import { loadManifestText } from '../../src/manifest/load-manifest.js';
import { refusalOf } from '../manifest/request.js';

const exportsOf = (text: string): unknown => {
  const { apps, rest } = loadManifestText('/nonexistent/ecosystem.config.cjs', text);
  return { apps, rest };
};

const FILES: readonly (readonly [string, string])[] = [
  [
    'on many lines',
    `// head\nmodule.exports = {\n  apps: [\n    {\n      name: 'a',\n      script: 'a.js',\n    },\n    { name: 'b', script: 'b.js', env: { X: '}' } },\n  ],\n};\n`,
  ],
  ['on one line', `module.exports={apps:[{name:'a',script:'a.js'},{name:'b',script:'b.js'}]}`],
  ['with quoted keys', `module.exports = { "apps": [ { "name": "a", "script": "a.js" } ], "deploy": {} };`],
  ['as a list', `module.exports = [{ name: 'a', script: 'a.js' }];\n`],
  ['from a variable', `const apps = [{ name: 'a', script: 'a.js' }];\nmodule.exports = { apps };\n`],
  [
    'with code around',
    `const path = require('node:path');\nconst s = (n) => path.join('/x', \`\${n}.js\`);\nmodule.exports = {\n  apps: [{ name: 'a', script: s('a'), args: ['{', "[", /[{]/.source] }],\n};\n`,
  ],
  [
    'with misleading comments',
    `// apps: [ { no } ]\n/* apps: [{ */\nmodule.exports = { name: "apps: [{", apps: [{ name: 'a', /* } */ script: 'a.js' // }\n}] };`,
  ],
  ['behind a shebang', `#!/usr/bin/env node\nmodule.exports = { apps: [{ script: 'a.js' }] };\n`],
  [
    'with carriage returns',
    `module.exports = {\r\n  apps: [\r\n    {\r\n      script: 'a.js',\r\n    },\r\n  ],\r\n};\r\n`,
  ],
];

for (const [what, text] of FILES) {
  test(`a PM2 file ${what} means the same with the proposals, and keeps every character`, async () => {
    const { text: commented } = await commentPm2File(text, 'ecosystem.config.js');
    assert.deepEqual(exportsOf(commented), exportsOf(text));
    assert.match(commented, /\/\/ sigctl: \{\n/);
    const withoutProposals = commented.split('\n').filter((line) => !/^\s*\/\/(?: {3}| sigctl| \},| Taken)/.test(line));
    assert.equal(withoutProposals.join('').replaceAll(/\s/g, ''), text.replaceAll(/\s/g, ''));
  });
}

test('a second time changes nothing', async () => {
  for (const [, text] of FILES) {
    const { text: once } = await commentPm2File(text, 'ecosystem.config.js');
    const { text: twice } = await commentPm2File(once, 'ecosystem.config.cjs');
    assert.equal(twice, once);
  }
});

test('an app that has a sigctl block gets no proposal', async () => {
  const text = `module.exports = { apps: [{ script: 'a.js', sigctl: { singleton: true } }], sigctl: { name: 'x' } };`;
  assert.equal((await commentPm2File(text, 'x.cjs')).text, text);
});

test('computed apps are left as they are, with a note', async () => {
  const text = `module.exports = { apps: ['a', 'b'].map((name) => ({ name, script: name + '.js' })) };`;
  const { text: commented, notes } = await commentPm2File(text, 'x.js');
  assert.deepEqual(exportsOf(commented), exportsOf(text));
  assert.match(notes.join(), /computed/);
});

test('JSON and YAML become JavaScript with the same apps', async () => {
  const value = { apps: [{ name: 'a', script: 'a.js', env: { 'X-Y': "it's", N: 1 }, args: ['a b', '\u2028'] }] };
  const json = await commentPm2File(JSON.stringify(value), 'pm2.json');
  assert.deepEqual(exportsOf(json.text), { apps: value.apps, rest: {} });
  const yaml = await commentPm2File(
    `apps:\n  - name: a\n    script: a.js\n    env: { X-Y: "it's", N: 1 }\n    args: ["a b", "\\u2028"]\n`,
    'process.yml',
  );
  assert.deepEqual(exportsOf(yaml.text), { apps: value.apps, rest: {} });
});

test('a JSON file with code in it is refused, and nothing of it runs', async () => {
  const error = await refusalOf(() => commentPm2File('(() => { throw new Error("ran"); })()', 'pm2.json'));
  assert.equal(error.code, 'INIT_SOURCE_BROKEN');
});

test('a default export becomes module.exports; an ES module that imports is refused', async () => {
  const { text } = await commentPm2File(`export default { apps: [{ script: 'a.js' }] };\n`, 'ecosystem.config.mjs');
  assert.deepEqual(exportsOf(text), { apps: [{ script: 'a.js' }], rest: {} });
  const error = await refusalOf(() =>
    commentPm2File(`import x from 'x';\nexport default {};\n`, 'ecosystem.config.mjs'),
  );
  assert.match(error.message, /ES module/);
});
