import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parsePackageScripts } from '../../src/init/package-scripts.js';
import { refusalOf } from '../manifest/request.js';
import { folderOf } from './folder.js';

function parse(scripts: Readonly<Record<string, string>>): ReturnType<typeof parsePackageScripts> {
  const text = JSON.stringify({ scripts });
  return parsePackageScripts(text, folderOf({ 'package.json': text }));
}

test('scripts that look like services become some, the others are named', () => {
  const plan = parse({ start: 'node server.js', worker: 'node w.js', 'start:dev': 'nodemon', test: 'x', build: 'tsc' });
  assert.deepEqual(
    plan.services.map(({ name, command }) => [name, command.script]),
    [
      ['start', 'server.js'],
      ['worker', 'w.js'],
    ],
  );
  assert.match(plan.notes.join(), /start:dev, test, build/);
});

test('a start that runs the others side by side becomes them, each once', () => {
  const plan = parse({ web: 'node web.js', bot: 'python3 bot.py', start: 'concurrently "npm:web" "npm:bot"' });
  assert.deepEqual(
    plan.services.map(({ name }) => name),
    ['web', 'bot'],
  );
});

test('a script that ran before is told, as nothing runs it now', () => {
  const [service] = parse({ start: 'node a.js', prestart: 'node build.js' }).services;
  assert.match(service?.notes.join() ?? '', /prestart of package\.json is not run/);
});

test('$PORT has a number', () => {
  const [service] = parse({ start: 'next start -p $PORT' }).services;
  assert.equal(service?.port, 3000);
});

test('a package.json without scripts has no service, and text that is no JSON is refused', async () => {
  for (const text of ['{}', '[]', 'null', '{"scripts":[]}', '{"scripts":{"start":5}}']) {
    assert.equal(parsePackageScripts(text, folderOf()).services.length, 0, text);
  }
  const error = await refusalOf(() => parsePackageScripts('{"token": "secret",}', folderOf()));
  assert.equal(error.code, 'INIT_SOURCE_BROKEN');
  assert.doesNotMatch(error.message, /secret/);
});
