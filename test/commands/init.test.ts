import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type InitDeps, type InitDraft, type InitOptions, initCommand, runInit } from '../../src/commands/init.js';
import { SigctlError } from '../../src/errors.js';
import { refusalOf } from '../manifest/request.js';

const DRAFT: InitDraft = {
  source: 'Procfile',
  format: 'procfile',
  others: ['package.json'],
  text: 'module.exports = {};\n',
  leftOut: [{ name: 'db', reason: 'an image' }],
  notes: ['web: a note'],
};
const OPTIONS: InitOptions = { from: undefined, config: undefined, dryRun: false, force: false, json: false };

function makeDeps(changes: Partial<InitDeps> = {}, existing?: string) {
  const seen = { out: '', err: '', drafted: [] as (string | undefined)[], written: [] as boolean[], exitCode: -1 };
  const deps: InitDeps = {
    findTarget: () => ({ path: '/p/ecosystem.config.cjs', name: 'ecosystem.config.cjs', existing }),
    draft: async (from) => {
      seen.drafted.push(from);
      return DRAFT;
    },
    check: async () => ({ services: ['web', 'bot'], notes: ['bot: "x" is not here'] }),
    write: (_draft, _target, { replace }) => void seen.written.push(replace),
    out: {
      print: (text) => {
        seen.out += `${text}\n`;
      },
      note: (text) => {
        seen.err += `${text}\n`;
      },
      showProgress: () => ({ report: () => undefined, done: () => undefined }),
      width: 80,
      colour: false,
      setExitCode: (code) => {
        seen.exitCode = code;
      },
    },
    ...changes,
  };
  return { deps, seen };
}

async function parse(args: readonly string[]): Promise<InitOptions> {
  let parsed: InitOptions | undefined;
  const command = initCommand(makeDeps().deps, async (_deps, options) => {
    parsed = options;
    return 0;
  });
  await command.parseAsync(args, { from: 'user' });
  assert.ok(parsed);
  return parsed;
}

test('the options of the line arrive', async () => {
  assert.deepEqual(await parse([]), { ...OPTIONS });
  assert.deepEqual(await parse(['--from', 'x', '--dry-run', '--force', '--json']), {
    from: 'x',
    config: undefined,
    dryRun: true,
    force: true,
    json: true,
  });
});

test('init writes the manifest, says what it was made from, and tells everything that was not taken over', async () => {
  const { deps, seen } = makeDeps();
  assert.equal(await runInit(deps, OPTIONS), 0);
  assert.deepEqual(seen.written, [false]);
  assert.match(seen.out, /^Wrote ecosystem\.config\.cjs with 2 services: web, bot\n/);
  assert.match(seen.err, /^made from Procfile; also here: package\.json/);
  assert.match(seen.err, /^not taken over: db: an image$/m);
  assert.match(seen.err, /^note: web: a note$/m);
  assert.match(seen.err, /^note: bot: "x" is not here$/m);
});

test('--dry-run prints the manifest alone on stdout, and writes nothing', async () => {
  const { deps, seen } = makeDeps({}, 'ecosystem.config.cjs');
  assert.equal(await runInit(deps, { ...OPTIONS, from: 'Procfile', dryRun: true }), 0);
  assert.equal(seen.out, DRAFT.text);
  assert.deepEqual(seen.written, []);
});

test('a manifest that is there is left alone: it is said, and nothing is read', async () => {
  for (const dryRun of [false, true]) {
    const { deps, seen } = makeDeps({}, 'ecosystem.config.cjs');
    assert.equal(await runInit(deps, { ...OPTIONS, dryRun }), 0);
    assert.match(seen.out, /ecosystem\.config\.cjs is there already: nothing is written/);
    assert.deepEqual([seen.drafted, seen.written], [[], []]);
  }
});

test("PM2's other names get the command that takes them over", async () => {
  const { deps, seen } = makeDeps({}, 'ecosystem.config.json');
  await runInit(deps, OPTIONS);
  assert.match(seen.out, /sigctl init --from ecosystem\.config\.json --force/);
});

test('--from does not replace a manifest without --force', async () => {
  const { deps, seen } = makeDeps({}, 'ecosystem.config.cjs');
  const error = await refusalOf(() => runInit(deps, { ...OPTIONS, from: 'Procfile' }));
  assert.equal(error.code, 'MANIFEST_EXISTS');
  assert.equal(error.exitCode, 2);
  assert.match(error.hint, /--force/);
  assert.deepEqual(seen.written, []);
  await runInit(deps, { ...OPTIONS, from: 'Procfile', force: true });
  assert.deepEqual(seen.written, [true]);
});

test('what the loader refuses is not written', async () => {
  const refusal = new SigctlError('no', { code: 'INIT_INVALID', hint: 'x', exitCode: 2 });
  const { deps, seen } = makeDeps({ check: () => Promise.reject(refusal) });
  assert.equal(await refusalOf(() => runInit(deps, OPTIONS)), refusal);
  assert.deepEqual([seen.written, seen.out], [[], '']);
});

test('--json tells all of it in one document, and nothing on stderr', async () => {
  const { deps, seen } = makeDeps();
  await runInit(deps, { ...OPTIONS, json: true });
  assert.deepEqual(JSON.parse(seen.out), {
    schemaVersion: 1,
    ok: true,
    written: '/p/ecosystem.config.cjs',
    source: 'Procfile',
    format: 'procfile',
    others: ['package.json'],
    services: ['web', 'bot'],
    leftOut: DRAFT.leftOut,
    notes: ['web: a note', 'bot: "x" is not here'],
    manifest: DRAFT.text,
  });
  assert.equal(seen.err, '');
});

test('control characters of a source do not reach the terminal', async () => {
  const draft = { ...DRAFT, notes: ['a\u001b[2Jb'], leftOut: [{ name: 'x\u0007', reason: 'y\rz' }] };
  const { deps, seen } = makeDeps({ draft: async () => draft });
  await runInit(deps, OPTIONS);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  assert.doesNotMatch(seen.err + seen.out, /[\u0000-\u0009\u000b-\u001f]/);
});
