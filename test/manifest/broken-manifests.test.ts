import assert from 'node:assert/strict';
import { cpSync, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { SigctlError } from '../../src/errors.js';
import { readStack } from '../../src/manifest/stack-snapshot.js';
import { makeProject, refusalOf, requestFor } from './request.js';

const BROKEN = join(import.meta.dirname, '../fixtures/manifests/broken');

/** File → every fault that it must be refused for: the path, and a piece of what is said about it. `<file>`: the file itself. */
const FAULTS: Readonly<Record<string, readonly (readonly [path: string, phrase: string])[]>> = {
  '01-syntax-error.cjs': [['<file>:3', 'SyntaxError: Unexpected identifier']],
  '02-throws-while-evaluating.cjs': [
    ['<file>:3:44', "TypeError: Cannot read properties of undefined (reading 'name')"],
  ],
  '03-requires-a-missing-file.cjs': [['<file>', "Cannot find module './not-there.cjs'"]],
  '04-exports-nothing.cjs': [['module.exports', 'found nothing, expected module.exports = { apps: [...] }']],
  '05-exports-a-function.cjs': [['module.exports', 'found a function']],
  '06-json-with-a-trailing-comma.json': [['<file>:3', 'found text that is no JSON']],
  '07-json-that-is-cut-off.json': [['<file>:5', 'found text that is no JSON']],
  '08-yaml.yaml': [['<file>', 'expected a .cjs, .js or .json file']],
  '09-no-apps.cjs': [['apps', 'found [], expected a list with at least one app']],
  '10-apps-is-text.cjs': [
    ['apps', 'found "web.js", expected a list'],
    ['sigctl', 'found "shop", expected a block'],
  ],
  '11-app-is-no-object.cjs': [
    ['apps[0]', 'found "web.js", expected an app'],
    ['apps[1]', 'found null, expected an app'],
    ['apps[2]', 'found 42, expected an app'],
  ],
  '12-script-is-missing.cjs': [
    ['apps[0].script ("web")', 'found nothing, expected the path of a script'],
    ['apps[1].script', 'found nothing'],
    ['apps[2].script ("worker")', 'found ""'],
  ],
  '13-unknown-app-keys.cjs': [
    ['apps[0].scirpt ("web")', 'an unknown key, expected "script"'],
    ['apps[0].max_memory_restarts ("web")', 'an unknown key, expected "max_memory_restart"'],
    ['apps[0].script ("web")', 'found nothing'],
    ['apps[1].colour ("worker")', "expected a key of PM2's apps"],
    ['apps[1].after ("worker")', 'expected it inside "sigctl"'],
  ],
  '14-unknown-sigctl-keys.cjs': [
    ['apps[0].sigctl.afer ("web")', 'expected "after"'],
    ['apps[0].sigctl.kill_timeout ("web")', 'expected it beside "sigctl"'],
    ['apps[0].sigctl.ready.htpp ("web")', 'expected "http"'],
    ['apps[0].sigctl.ready.witin ("web")', 'expected "within"'],
    ['apps[0].sigctl.health.hartbeat ("web")', 'expected "heartbeat"'],
    ['apps[0].sigctl.health.progress.every ("web")', 'expected one of name, within'],
    ['apps[0].sigctl.restart.backof ("web")', 'expected "backoff"'],
    ['apps[0].sigctl.restart.breaker.exit ("web")', 'expected "exits"'],
  ],
  '15-unknown-top-level-keys.cjs': [
    ['app', 'expected "apps"'],
    ['modes', 'expected one of apps, sigctl, deploy'],
    ['sigctl.mode', 'expected "modes"'],
    ['sigctl.title', 'expected one of name, modes'],
  ],
  '16-wrong-types.cjs': [
    ['apps[0].name ("web")', 'found 5, expected text'],
    ['apps[0].args ("web")', 'found an object'],
    ['apps[0].interpreter ("web")', 'found ["node"]'],
    ['apps[0].cwd ("web")', 'found true'],
    ['apps[0].autorestart ("web")', 'found "yes", expected true or false'],
    ['apps[0].wait_ready ("web")', 'found 1, expected true or false'],
    ['apps[0].namespace ("web")', 'found an empty object'],
    ['apps[0].max_restarts ("web")', 'found "many"'],
    ['apps[0].sigctl.singleton ("web")', 'found "yes"'],
    ['apps[0].sigctl.after ("web")', 'found "db", expected a list of service names'],
    ['apps[0].sigctl.passEnv ("web")', 'found "PORT", expected a list of names of variables'],
    ['apps[0].sigctl.port ("web")', 'found "80a", expected a port from 1 to 65535'],
    ['apps[1].script ("worker")', 'found ["worker.js"]'],
    ['apps[1].sigctl ("worker")', 'found [], expected a block'],
  ],
  '17-bad-durations.cjs': [
    ['apps[0].kill_timeout ("web")', 'found "5 minutes", expected a duration'],
    ['apps[0].listen_timeout ("web")', 'found -1, expected a duration'],
    ['apps[0].restart_delay ("web")', 'found "soon", expected a duration'],
    ['apps[0].min_uptime ("web")', 'found 0, expected a duration above zero'],
    ['apps[0].exp_backoff_restart_delay ("web")', 'found NaN, expected a duration'],
    ['apps[0].sigctl.ready.delay ("web")', 'found "a while", expected a duration'],
    ['apps[0].sigctl.ready.within ("web")', 'found "30sec", expected a duration'],
    ['apps[0].sigctl.health.heartbeat ("web")', 'found "0s", expected a duration above zero'],
    ['apps[0].sigctl.health.progress.within ("web")', 'found "ninety", expected a duration'],
    ['apps[0].sigctl.restart.backoff ("web")', 'found ["30s","250ms"], expected [shortest, longest]'],
    ['apps[0].sigctl.restart.breaker.exits ("web")', 'found 0, expected a whole number of at least 1'],
    ['apps[0].sigctl.restart.breaker.within ("web")', 'found "-2m", expected a duration'],
  ],
  '18-bad-sizes.cjs': [
    ['apps[0].max_memory_restart ("web")', 'found "300 megabytes", expected a size'],
    ['apps[1].max_memory_restart ("worker")', 'found 300, expected a size of at least 1M'],
    ['apps[2].max_memory_restart ("other")', 'found "0M"'],
  ],
  '19-bad-variables.cjs': [
    ['apps[0].env.TOKEN ("web")', 'found an array'],
    ['apps[0].env.PASSWORD ("web")', 'found an object'],
    ['apps[0].env.EMPTY ("web")', 'found null'],
    ['apps[0].env.LOADER ("web")', 'found a function'],
    ['apps[1].env ("worker")', 'found a string, expected a block of variables'],
    ['apps[2].env ("third")', 'found a name that is empty or holds "="'],
    ['apps[3].env.TOKEN ("fourth")', 'found a string, expected text without NUL'],
    ['apps[4].TOKEN ("fifth")', 'found an unknown key'],
    ['apps[4].args ("fifth")', 'found a string, expected one line (every quote closed)'],
  ],
  '20-missing-env-file.cjs': [
    ['apps[0].env_file ("web")', 'found "./not-there.env", expected a file that can be read'],
    ['apps[1].env_file ("worker")', 'found "also-not-there.env"'],
    ['apps[1].env_file ("worker")', 'found "."'],
    ['apps[2].env_file ("third")', 'found 7, expected a file or a list of files'],
  ],
  '21-bad-names.cjs': [
    ['apps[0].name ("my app")', 'found "my app", expected up to 64 letters'],
    ['apps[1].name ("../escape")', 'found "../escape"'],
    ['apps[2].name ("-dash")', 'found "-dash"'],
    [`apps[3].name ("${'x'.repeat(58)}…)`, 'expected up to 64 letters'],
    ['apps[4].name ("npm run start")', 'found "npm run start"'],
  ],
  '22-reserved-names.cjs': [
    ['apps[0].name ("watchdog")', 'which sigctl uses itself'],
    ['apps[1].name ("all")', 'which sigctl uses itself'],
    ['apps[2].name ("pm2")', 'which sigctl uses itself'],
    ['apps[3].name ("stack")', 'which sigctl uses itself'],
  ],
  '23-duplicate-names.cjs': [
    ['apps[1].name ("web")', 'a name that apps[0] ("web") and its processes do not have'],
    ['apps[2].name ("web")', 'a name that apps[0] ("web") and its processes do not have'],
    ['apps[4].name ("pool-1")', 'a name that apps[3] ("pool") and its processes do not have'],
  ],
  '24-duplicate-ports.cjs': [
    ['apps[1].env.PORT ("api")', 'found 3001, expected a port that apps[0] ("web") does not have'],
    ['apps[2].sigctl.ready.tcp ("admin")', 'found 3001'],
    ['apps[3].sigctl.ready.port ("metrics")', 'found 3001'],
    ['apps[4].port ("static")', 'found 3001'],
  ],
  '25-unknown-dependencies.cjs': [
    ['apps[1].sigctl.after ("trading")', 'found "market-dta", expected a defined service, perhaps "market-data"'],
    [
      'apps[1].sigctl.after ("trading")',
      'found "redis", expected one of the defined services: market-data, trading, selfish',
    ],
    ['apps[1].sigctl.needs ("trading")', 'found "postgres"'],
    ['apps[2].sigctl.after ("selfish")', 'expected other services than itself'],
    ['apps[2].sigctl.needs ("selfish")', 'expected other services than itself'],
  ],
  '26-dependency-cycles.cjs': [
    ['apps[0].sigctl.after ("a")', 'found the cycle a -> b -> c -> a'],
    ['apps[3].sigctl.needs ("x")', 'found the cycle x -> y -> x'],
  ],
  '27-bad-modes.cjs': [
    ['sigctl.name', 'found "my shop"'],
    ['sigctl.modes.minimal[0]', 'found "wbe", expected a defined service, perhaps "web"'],
    ['sigctl.modes.twice[2]', 'found "web" again'],
    ['sigctl.modes.none', 'found an empty list'],
    ['sigctl.modes.wrong', 'found "web", expected "*" or a list'],
    ['sigctl.modes.mixed', 'found ["web",1], expected "*" or a list'],
    ['sigctl.modes["two words"]', 'found the name "two words"'],
  ],
  '28-modes-is-a-list.cjs': [
    ['sigctl.modes', 'found ["minimal"], expected a block of modes'],
    ['sigctl.name', 'found ""'],
  ],
  '29-two-ready-rules.cjs': [
    ['apps[0].sigctl.ready ("web")', 'found http and tcp, expected exactly one of'],
    ['apps[0].sigctl.ready.within ("web")', 'found "3 s", expected a duration'],
    ['apps[1].sigctl.ready ("worker")', 'found an object with within, expected exactly one of'],
    ['apps[2].sigctl.ready ("third")', 'found an empty object, expected exactly one of'],
    ['apps[3].sigctl.ready ("fourth")', 'found true, expected a rule'],
  ],
  '30-bad-ready-values.cjs': [
    ['apps[0].sigctl.ready.heartbeat ("a")', 'found false, expected true'],
    ['apps[1].sigctl.ready.http ("b")', 'expected a path that begins with /'],
    ['apps[1].sigctl.ready.port ("b")', 'found 70000, expected a port from 1 to 65535'],
    ['apps[2].sigctl.ready.tcp ("c")', 'found 0, expected a port from 1 to 65535'],
    ['apps[3].sigctl.ready.log ("d")', 'found "(open", expected a regular expression'],
    ['apps[4].sigctl.ready.command ("e")', 'found ""'],
    ['apps[5].sigctl.ready.within ("f")', 'expected at least the delay'],
    ['apps[6].sigctl.ready.port ("g")', 'found 80, expected no port, except beside http'],
    ['apps[7].sigctl.ready.log ("h")', 'found /ready/i, expected a regular expression without flags'],
  ],
  '31-http-without-a-port.cjs': [
    ['apps[0].sigctl.ready.port ("web")', 'found nothing, expected a port here, in sigctl.port or in env.PORT'],
    ['apps[1].sigctl.ready.port ("api")', 'found nothing'],
  ],
  '32-bad-instances.cjs': [
    ['apps[0].instances ("a")', 'found "max", expected a whole number of at least 1'],
    ['apps[1].instances ("b")', 'found 0, expected a whole number of at least 1'],
    ['apps[2].instances ("c")', 'found -1, expected a whole number of at least 1'],
    ['apps[3].instances ("d")', 'found 2.5, expected a whole number'],
    ['apps[4].instances ("e")', 'found "two", expected a whole number'],
    ['apps[5].sigctl.singleton ("f")', 'expected false, or one instance instead of 3'],
    ['apps[6].instances ("g")', 'found 1000000000, expected a whole number up to 1000'],
  ],
  '33-bad-exec-mode.cjs': [
    ['apps[0].exec_mode ("a")', 'found "threads", expected "fork" or "cluster"'],
    ['apps[1].exec_mode ("b")', 'only scripts that node runs can cluster'],
    ['apps[2].exec_mode ("c")', 'only scripts that node runs can cluster'],
  ],
  '34-bad-cron.cjs': [
    ['apps[0].cron_restart ("a")', 'found "every day", expected a cron pattern'],
    ['apps[1].cron_restart ("b")', 'found "0 3 * *", expected a cron pattern'],
    ['apps[2].cron ("c")', 'found "* * * * * * *", expected a cron pattern'],
    ['apps[3].cronRestart ("d")', 'found 30, expected a cron pattern'],
  ],
  '35-typescript-without-a-runner.cjs': [
    ['apps[0].script ("web")', 'found "web.ts" under node 20.19.0, expected a way to run TypeScript: "npm i -D tsx"'],
    ['apps[1].script ("worker")', '"npm i -D tsx"'],
  ],
  '36-bad-pass-env.cjs': [
    ['apps[0].sigctl.needs ("web")', 'found ["web",3]'],
    ['apps[0].sigctl.passEnv[1] ("web")', 'found "MY-VAR", expected the name of a variable'],
    ['apps[0].sigctl.passEnv[2] ("web")', 'found "9LIVES"'],
    ['apps[0].sigctl.passEnv[3] ("web")', 'found 5'],
    ['apps[0].sigctl.passEnv[4] ("web")', 'found "A=B"'],
  ],
  '37-bad-interpreter.cjs': [
    ['apps[0].interpreter ("a")', 'found "node@18", expected a command or path'],
    ['apps[1].exec_interpreter ("b")', 'found ""'],
    ['apps[2].node_args ("c")', 'found a string, expected one line (every quote closed)'],
  ],
  '38-holds-itself.cjs': [['module.exports', 'found an object that holds itself']],
  '39-throws-text.cjs': [['<file>', 'found a thrown "no database configured"']],
  '40-faults-everywhere.cjs': [
    ['apps[0].kill_timeout ("web")', 'found "never", expected a duration'],
    ['apps[1].scripts ("trading")', 'found an unknown key, expected "script"'],
    ['apps[1].script ("trading")', 'found nothing'],
    ['apps[1].sigctl.ready.within ("trading")', 'found "soon", expected a duration'],
    ['apps[0].sigctl.after ("web")', 'found the cycle web -> trading -> web'],
    ['apps[2].name ("web")', 'a name that apps[0] ("web") and its processes do not have'],
    ['apps[2].env.PORT ("web")', 'found 3001'],
    ['sigctl.modes.minimal[1]', 'found "tradng", expected a defined service, perhaps "trading"'],
    ['extra', 'found an unknown key'],
  ],
  '41-json-with-comments.json': [['<file>:3', 'found text that is no JSON']],
};

/** Refuses a fixture in a folder of its own, so that nothing around the repository (tsx, say) can help it. */
async function refuse(t: TestContext, file: string): Promise<{ path: string; error: SigctlError }> {
  const path = join(makeProject(t, {}), file);
  cpSync(join(BROKEN, file), path);
  return { path, error: await refusalOf(() => readStack(requestFor(path))) };
}

test('every broken fixture is in the table, and there are thirty at least', () => {
  assert.deepEqual(readdirSync(BROKEN).sort(), Object.keys(FAULTS).sort());
  assert.ok(Object.keys(FAULTS).length >= 30);
});

for (const [file, expected] of Object.entries(FAULTS)) {
  test(`${file} is refused with exit code 2 and each of its ${expected.length} faults, and no other`, async (t) => {
    const { path, error } = await refuse(t, file);
    assert.equal(error.code, 'MANIFEST_INVALID');
    assert.equal(error.exitCode, 2);
    const [headline, ...lines] = error.message.split('\n  ');
    const count = expected.length === 1 ? '1 fault' : `${expected.length} faults`;
    assert.equal(headline, `Cannot use manifest "${path}": ${count}`, error.message);
    for (const [where, phrase] of expected) {
      const begin = `${where.replace('<file>', path)}: found `;
      assert.ok(
        lines.some((line) => line.startsWith(begin) && line.includes(phrase)),
        `Expected a line that begins with "${begin}" and has "${phrase}" in:\n${error.message}`,
      );
    }
  });
}

test('no message ever holds the value of a variable, of an argument or of an unknown key', async (t) => {
  for (const file of ['19-bad-variables.cjs', '06-json-with-a-trailing-comma.json']) {
    const { error } = await refuse(t, file);
    assert.doesNotMatch(`${error.message} ${error.hint}`, /hunter2/, file);
  }
});

test('a syntax error beside a secret does not quote it', async (t) => {
  const root = makeProject(t, {
    'a.cjs': "module.exports = { env: { TOKEN: 'x'hunter2 } }",
    'b.json': '{ "TOKEN": hunter2 }',
  });
  for (const file of ['a.cjs', 'b.json']) {
    const error = await refusalOf(() => readStack(requestFor(join(root, file))));
    assert.doesNotMatch(error.message, /hunter2/);
    assert.match(error.message, /:1: found/);
  }
});

test('a folder, a missing file and a broken manifest leave nothing behind', async (t) => {
  const root = makeProject(t, { 'broken.cjs': 'module.exports = { apps: [{}] }' });
  const folder = await refusalOf(() => readStack(requestFor(root)));
  assert.match(folder.message, /found a folder, expected a \.cjs, \.js or \.json file/);
  const missing = await refusalOf(() => readStack(requestFor(join(root, 'gone.cjs'))));
  assert.match(missing.message, /gone\.cjs: found no file/);
  await refusalOf(() => readStack(requestFor(join(root, 'broken.cjs'))));
  assert.equal(existsSync(join(root, '.sigctl')), false);
});
