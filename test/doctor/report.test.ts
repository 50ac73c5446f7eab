import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type DoctorDeps, type DoctorOptions, exitCodeOf, runDoctor } from '../../src/commands/doctor.js';
import type { Finding } from '../../src/core/finding.js';
import { CHECKS } from '../../src/doctor/registry.js';
import { ok } from '../../src/doctor/report.js';
import { runChecks } from '../../src/doctor/run-checks.js';
import { showPath } from '../../src/doctor/show-path.js';
import { renderDiagnosis } from '../../src/render/doctor.js';
import { brief, makeDeps, makeFinding } from './literals.js';
import { tempFolder } from './temp-folder.js';

const OK = makeFinding({
  check: 'disk',
  severity: 'ok',
  code: 'OK',
  subject: null,
  evidence: '79 GB free',
  mend: null,
});
const WARNING = makeFinding({
  check: 'pid files',
  severity: 'warning',
  code: 'STALE_PID_FILE',
  remedy: { kind: 'checkpoint', path: '/p/a.db' },
});
const NOTE = makeFinding({ check: 'cluster', severity: 'info', code: 'CLUSTER_APP' });
const SKIPPED = makeFinding({
  check: 'memory',
  severity: 'info',
  code: 'NOT_CHECKED',
  evidence: 'no manifest',
  mend: null,
});
const PLAIN = { width: 80, colour: false };

test('a check that throws becomes a finding, and the others still run', async (t) => {
  const checks = [
    {
      name: 'broken',
      run: () => {
        throw new Error('EIO: i/o error');
      },
    },
    { name: 'slow', run: async () => Promise.reject(new Error('too late')) },
    { name: 'fine', run: () => [ok('fine')] },
  ];
  const findings = await runChecks(checks, makeDeps(tempFolder(t)));
  assert.deepEqual(brief(findings), ['error CHECK_FAILED', 'error CHECK_FAILED', 'ok OK']);
  assert.match(findings[0]?.evidence ?? '', /EIO: i\/o error/);
  assert.equal(findings[2]?.check, 'fine');
});

test('every check says something of a folder where nothing ever was, and none breaks', async (t) => {
  const findings = await runChecks(CHECKS, makeDeps(tempFolder(t)));
  assert.deepEqual(new Set(findings.map(({ check }) => check)), new Set(CHECKS.map(({ name }) => name)));
  assert.deepEqual(
    findings.filter(({ code }) => code === 'CHECK_FAILED'),
    [],
  );
});

test('the report names the worst first, then what is in order, then the sum', () => {
  const text = renderDiagnosis({ findings: [OK, NOTE, WARNING, makeFinding({}), SKIPPED], fixes: undefined }, PLAIN);
  assert.equal(
    text,
    [
      '✖ error  PORT_HELD  web',
      '    port 3001 is held by pid 812 (nc -l 3001)',
      '    → kill 812',
      '',
      '! warning  STALE_PID_FILE  web',
      '    port 3001 is held by pid 812 (nc -l 3001)',
      '    → kill 812',
      '',
      'i note  CLUSTER_APP  web',
      '    port 3001 is held by pid 812 (nc -l 3001)',
      '    → kill 812',
      '',
      'ok: disk',
      'not checked: memory (no manifest)',
      '',
      '1 error, 1 warning, 1 note; 1 check in order',
      '"sigctl doctor --fix" mends 1 of these',
    ].join('\n'),
  );
});

test('with --fix the report begins with what was done and what was left', () => {
  const fixes = [
    { kind: 'fixed', code: 'STALE_PID_FILE', subject: 'web', detail: 'removed run/web.pid' },
    { kind: 'left', code: 'WAL_LARGE', subject: 'a.db', detail: 'a reader still needs it' },
  ] as const;
  const text = renderDiagnosis({ findings: [OK, NOTE], fixes }, PLAIN);
  assert.match(text, /^✔ mended {2}STALE_PID_FILE {2}web\n {4}removed run\/web\.pid\n- left {2}WAL_LARGE/);
  assert.match(text, /left: 1 note; 1 check in order$/);
  assert.match(renderDiagnosis({ findings: [OK], fixes: [] }, PLAIN), /^Nothing here is safe to mend without you/);
});

for (const width of [60, 80]) {
  test(`no line of evidence is wider than ${width} columns`, () => {
    const evidence = 'seven words that are repeated quite often '.repeat(9);
    const text = renderDiagnosis(
      { findings: [makeFinding({ evidence }), OK], fixes: undefined },
      { width, colour: false },
    );
    for (const line of text.split('\n')) assert.ok(line.length <= width, line);
  });
}

test("a stranger's command line cannot move the cursor of the operator's terminal", () => {
  const findings = [makeFinding({ evidence: 'held by pid 1 (\u001b[2Jevil)', mend: 'kill \u001b]0;x\u00071' })];
  const text = renderDiagnosis({ findings, fixes: undefined }, PLAIN);
  assert.equal(text.includes('\u001b'), false);
});

test('errors exit with 1, warnings only with --strict, notes never', () => {
  assert.equal(exitCodeOf([OK, NOTE, SKIPPED], true), 0);
  assert.equal(exitCodeOf([WARNING], false), 0);
  assert.equal(exitCodeOf([WARNING], true), 1);
  assert.equal(exitCodeOf([makeFinding({})], false), 1);
});

/** A doctor whose first look finds `before`, and the next one `after`. */
async function visit(options: Partial<DoctorOptions>, before: readonly Finding[], after: readonly Finding[]) {
  const looks = [before, after];
  const calls: string[] = [];
  const printed: string[] = [];
  const deps: DoctorDeps = {
    diagnose: async () => {
      calls.push('look');
      return looks.shift() ?? assert.fail('looked too often');
    },
    mend: async (findings) => {
      calls.push(`mend ${findings.length}`);
      return [{ kind: 'fixed', code: 'STALE_PID_FILE', subject: 'web', detail: 'removed' }];
    },
    nowMs: () => 0,
    out: { print: (text) => printed.push(text), setExitCode: () => undefined, ...PLAIN },
  };
  const exitCode = await runDoctor(deps, {
    config: undefined,
    fix: false,
    strict: false,
    waitMs: 0,
    json: true,
    ...options,
  });
  return { exitCode, calls, result: JSON.parse(printed.join()) };
}

test('without --fix it looks once and mends nothing', async () => {
  const { calls, result } = await visit({}, [WARNING], []);
  assert.deepEqual(calls, ['look']);
  assert.deepEqual(result.fixes, []);
});

test('with --fix the report and the exit code are of the look after the mending', async () => {
  const { calls, exitCode, result } = await visit({ fix: true, strict: true }, [WARNING, OK], [OK]);
  assert.deepEqual(calls, ['look', 'mend 2', 'look']);
  assert.equal(exitCode, 0);
  assert.deepEqual(result.counts, { error: 0, warning: 0, info: 0, ok: 1 });
  assert.equal(result.fixes[0].kind, 'fixed');
});

test('ok in --json is the exit code', async () => {
  assert.equal((await visit({}, [WARNING], [])).result.ok, true);
  assert.equal((await visit({ strict: true }, [WARNING], [])).result.ok, false);
});

test('--json holds every finding, with its command and whether --fix would mend it', async () => {
  const { result } = await visit({}, [WARNING], []);
  assert.equal(result.schemaVersion, 1);
  assert.equal(result.ok, true);
  assert.deepEqual(result.findings, [
    {
      check: 'pid files',
      severity: 'warning',
      code: 'STALE_PID_FILE',
      subject: 'web',
      evidence: WARNING.evidence,
      mend: 'kill 812',
      fixable: true,
    },
  ]);
});

test('a path is short below the current folder, absolute elsewhere, and quoted where a shell needs it', () => {
  assert.equal(showPath('/p', '/p/.sigctl/run/a.pid'), '.sigctl/run/a.pid');
  assert.equal(showPath('/p/sub', '/p/.sigctl'), '/p/.sigctl');
  assert.equal(showPath('/p', '/p'), '/p');
  assert.equal(showPath('/p', "/p/it's here/a.db"), `'it'\\''s here/a.db'`);
});
