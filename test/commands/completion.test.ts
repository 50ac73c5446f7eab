import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { completionPath } from '../../src/cli/completion-deps.js';
import { COMMAND_NAMES } from '../../src/cli/purposes.js';
import { runCompletion } from '../../src/commands/completion.js';
import { COMPLETION_SCRIPTS, SHELLS } from '../../src/render/completion-scripts.js';
import { collect, REPO, type Run } from '../e2e/rig.js';

const MANIFEST = `console.log('noise\\nweb');
module.exports = {
  apps: [
    { name: 'web', script: './web.js', instances: 2 },
    { name: 'trading', script: './trade.js' },
    { name: 'market-data', script: './collect.js' },
  ],
  sigctl: { modes: { minimal: ['web'], standard: ['web', 'trading'] } },
};\n`;

/** A project, and a HOME with `sigctl` in its PATH. */
interface Place {
  readonly root: string;
  readonly home: string;
  readonly env: Record<string, string>;
}

function place(t: TestContext): Place {
  const base = mkdtempSync(join(tmpdir(), 'sigctl completion-'));
  t.after(() => rmSync(base, { recursive: true, force: true }));
  const [root, home, bin] = ['project', 'home', 'bin'].map((name) => join(base, name)) as [string, string, string];
  for (const folder of [root, home, bin]) mkdirSync(folder);
  writeFileSync(join(root, 'ecosystem.config.cjs'), MANIFEST);
  writeFileSync(join(bin, 'sigctl'), `#!/bin/sh\nexec '${process.execPath}' '${join(REPO, 'bin/sigctl')}' "$@"\n`);
  chmodSync(join(bin, 'sigctl'), 0o755);
  return { root, home, env: { PATH: `${bin}:${process.env['PATH']}`, HOME: home, TERM: 'dumb' } };
}

function run({ root, env }: Place, command: string, args: readonly string[], more: Record<string, string> = {}) {
  return collect(spawn(command, args, { cwd: root, env: { ...env, ...more }, stdio: ['ignore', 'pipe', 'pipe'] }));
}

async function candidates(where: Place, ...words: readonly string[]): Promise<readonly string[]> {
  const { stdout, stderr, exitCode } = await run(where, 'sigctl', ['__complete', '--', ...words]);
  assert.deepEqual([exitCode, stderr], [0, '']);
  return values(stdout);
}

/** What stands before the tab; lines without one come from the manifest. */
function values(stdout: string): readonly string[] {
  return stdout.split('\n').flatMap((line) => (line.includes('\t') ? [line.slice(0, line.indexOf('\t'))] : []));
}

test('__complete knows commands, services, processes, modes, topics, options and choices', async (t) => {
  const where = place(t);
  const cases: readonly (readonly [readonly string[], readonly string[]])[] = [
    [[''], COMMAND_NAMES],
    [['sta'], ['start', 'status', 'startup']],
    [
      ['start', ''],
      ['web', 'trading', 'market-data'],
    ],
    [['start', 'web', 'trading', ''], ['market-data']],
    [
      ['logs', 'w'],
      ['web', 'web-0', 'web-1', 'watchdog'],
    ],
    [['logs', '--level', 'w'], ['warn']],
    [['logs', '--level='], ['trace', 'debug', 'info', 'warn', 'error', 'fatal'].map((level) => `--level=${level}`)],
    [
      ['mode', ''],
      ['minimal', 'standard', 'full'],
    ],
    [['mode', 'full', ''], []],
    [
      ['help', 'm'],
      ['mode', 'manifest'],
    ],
    [
      ['status', '--c'],
      ['--check', '--config'],
    ],
    [['status', '--check', '--c'], ['--config']],
    [['status', '--', '--c'], []],
    [['-c', ''], [':files']],
    [['backup', '--to', ''], [':folders']],
    [['stop', '--wait', ''], []],
    [['stop', '--wait', '5s', 'tr'], ['trading']],
    [['stop', '--wait=5s', 'tr'], ['trading']],
    [['completion', '--shell=z'], ['--shell=zsh']],
    [['completion', '--shell', '=', 'z'], ['zsh']],
    [['completion', '--shell', '='], [...SHELLS]],
    [['nonsense', ''], []],
  ];
  for (const [words, expected] of cases) assert.deepEqual(await candidates(where, ...words), expected, words.join(' '));
});

test('__complete knows the hosts, and what can follow one', async (t) => {
  const where = place(t);
  mkdirSync(join(where.home, '.config/sigctl'), { recursive: true });
  const hosts = { prod: 'ann@vps.example:/srv/app', pi: 'pi@10.0.0.7:/srv/app', backup: 'b@nas:/srv/app' };
  writeFileSync(join(where.home, '.config/sigctl/hosts.json'), JSON.stringify(hosts));
  const cases: readonly (readonly [readonly string[], readonly string[]])[] = [
    [['@'], ['@backup', '@pi', '@prod']],
    [['@pr'], ['@prod']],
    [['@nobody'], []],
    [['@prod', 'stat'], ['status']],
    [
      ['@prod', 'start', ''],
      ['web', 'trading', 'market-data'],
    ],
    [
      ['--host', 'p'],
      ['pi', 'prod'],
    ],
    [['--host=pr'], ['--host=prod']],
    [['--host', 'prod', 'stat'], ['status']],
    [['start', '--host', 'ann@vps:/srv/app', 'tr'], ['trading']],
    [
      ['host', 'remove', ''],
      ['backup', 'pi', 'prod'],
    ],
    [['host', 'add', ''], []],
  ];
  for (const [words, expected] of cases) assert.deepEqual(await candidates(where, ...words), expected, words.join(' '));
  // readline breaks the word at the @, and replaces all of it.
  assert.deepEqual(await bash(where, ['sigctl', '@', 'pr']), ['@prod']);
  assert.deepEqual(await bash(where, ['sigctl', '@']), ['@backup', '@pi', '@prod']);
  assert.deepEqual(await bash(where, ['sigctl', '@', 'prod', 'stat']), ['status']);
});

test('__complete without a list of hosts, or with a damaged one, is silent about them', async (t) => {
  const where = place(t);
  assert.deepEqual(await candidates(where, '@'), []);
  mkdirSync(join(where.home, '.config/sigctl'), { recursive: true });
  writeFileSync(join(where.home, '.config/sigctl/hosts.json'), '{');
  assert.deepEqual(await candidates(where, '@'), []);
});

test('__complete prints nothing and exits 0 when the manifest is broken, missing, or what is typed makes no sense', async (t) => {
  const where = place(t);
  writeFileSync(join(where.root, 'ecosystem.config.cjs'), 'throw new Error("no luck");');
  const silent: Run = { exitCode: 0, signal: null, stdout: '', stderr: '' };
  for (const words of [
    ['start', ''],
    ['-c', 'absent.cjs', 'mode', ''],
    ['-c', '.', 'logs', ''],
    ['status', '--wait', '--', '--', '=', '', '\u0000'.slice(1), 'é'],
  ]) {
    assert.deepEqual(await run(where, 'sigctl', ['__complete', '--', ...words]), silent, words.join(' '));
  }
});

test('__complete names services in a project that --config names, as typed with a tilde', async (t) => {
  const where = place(t);
  writeFileSync(join(where.home, 'mine.cjs'), "module.exports = { apps: [{ name: 'mine', script: './a.js' }] };");
  assert.deepEqual(await candidates(where, '-c', '~/mine.cjs', 'start', ''), ['mine']);
  assert.deepEqual(await candidates(where, 'start', '--config=~/mine.cjs', ''), ['mine']);
});

test('bash completes commands, services, options, their values and files', async (t) => {
  const where = place(t);
  mkdirSync(join(where.root, 'eco folder'));
  assert.deepEqual(await bash(where, ['sigctl', 'stat']), ['status']);
  assert.deepEqual(await bash(where, ['sigctl', 'start', 'm']), ['market-data']);
  assert.deepEqual(await bash(where, ['sigctl', 'start', '']), ['web', 'trading', 'market-data']);
  assert.deepEqual(await bash(where, ['sigctl', 'mode', 's']), ['standard']);
  assert.deepEqual(await bash(where, ['sigctl', 'status', '--j']), ['--json']);
  assert.deepEqual(await bash(where, ['sigctl', 'completion', '--shell', '=', 'f']), ['fish']);
  assert.deepEqual(await bash(where, ['sigctl', 'completion', '--shell', '=']), [...SHELLS]);
  assert.deepEqual((await bash(where, ['sigctl', '-c', 'eco'])).toSorted(), ['eco folder', 'ecosystem.config.cjs']);
  assert.deepEqual(await bash(where, ['sigctl', 'backup', '--to', 'eco']), ['eco folder']);
  assert.deepEqual(await bash(where, ['sigctl', 'nonsense', '']), []);
});

test('bash completes in the middle of a line, where the cursor is', async (t) => {
  assert.deepEqual(await bash(place(t), ['sigctl', 'sto', 'web'], 1), ['stop']);
});

/** Drives the function as readline does: the words of the line, and the index of the one under the cursor. */
async function bash(where: Place, words: readonly string[], cursor = words.length - 1): Promise<readonly string[]> {
  const script = `source <(sigctl completion bash)
    # Which function readline would call.
    [[ $(complete -p sigctl) == "complete -F _sigctl sigctl" ]] || echo "not registered"
    COMP_WORDS=("\${@:2}") COMP_CWORD=$1
    _sigctl sigctl "\${COMP_WORDS[COMP_CWORD]}" "\${COMP_WORDS[COMP_CWORD-1]}"
    printf "%s\\n" "\${COMPREPLY[@]}"`;
  const args = ['--norc', '--noprofile', '-c', script, 'bash', String(cursor), ...words];
  const { stdout, stderr, exitCode } = await run(where, 'bash', args);
  assert.deepEqual([exitCode, stderr], [0, '']);
  return stdout.split('\n').filter((line) => line !== '');
}

test('zsh takes the script without a complaint', { skip: absent('zsh') }, async (t) => {
  const where = place(t);
  const script =
    'autoload -Uz compinit && compinit -u -D; source <(sigctl completion zsh); print -r -- $_comps[sigctl]';
  const { stdout, stderr } = await run(where, 'zsh', ['-f', '-c', script]);
  assert.deepEqual([stdout, stderr], ['_sigctl\n', '']);
});

test('fish completes commands, services and options', { skip: absent('fish') }, async (t) => {
  const where = place(t);
  const fish = async (line: string) => {
    const script = `sigctl completion fish | source; complete -C '${line}'`;
    const { stdout } = await run(where, 'fish', ['--no-config', '-c', script]);
    return stdout.split('\n').flatMap((found) => (found === '' ? [] : [found.split('\t')[0]]));
  };
  assert.deepEqual(await fish('sigctl stat'), ['status']);
  assert.deepEqual(await fish('sigctl start m'), ['market-data']);
  assert.deepEqual(await fish('sigctl status --j'), ['--json']);
  assert.deepEqual(await fish('sigctl completion --shell=z'), ['--shell=zsh']);
});

test('completion install writes the script where the login shell looks, says so, and a second time changes nothing', async (t) => {
  const where = place(t);
  const path = join(where.home, '.local/share/bash-completion/completions/sigctl');
  const first = await run(where, 'sigctl', ['completion', 'install'], { SHELL: '/usr/bin/bash' });
  assert.deepEqual([first.exitCode, first.stderr], [0, '']);
  assert.match(first.stdout, new RegExp(`^Wrote ${path}\\n.*  source '${path}'\\n$`, 's'));
  assert.equal(readFileSync(path, 'utf8'), COMPLETION_SCRIPTS.bash);
  const second = await run(where, 'sigctl', ['completion', 'install', '--json'], { SHELL: '/usr/bin/bash' });
  assert.equal(JSON.parse(second.stdout).changed, false);
  assert.deepEqual(readdirSync(where.home), ['.local']);
});

test('completion install renews an older script of sigctl, and leaves a file of somebody else', async (t) => {
  const where = place(t);
  const path = join(where.home, '.zfunc/_sigctl');
  mkdirSync(join(where.home, '.zfunc'));
  writeFileSync(join(where.home, '.zshrc'), '# mine\n');
  writeFileSync(path, `${COMPLETION_SCRIPTS.zsh}# of an older version\n`);
  const renewed = await run(where, 'sigctl', ['completion', 'install', '--shell', 'zsh']);
  assert.match(renewed.stdout, /^Wrote .*add these lines to ~\/\.zshrc.*fpath=\(~\/\.zfunc \$fpath\)/s);
  assert.equal(readFileSync(path, 'utf8'), COMPLETION_SCRIPTS.zsh);
  assert.equal(readFileSync(join(where.home, '.zshrc'), 'utf8'), '# mine\n');
  writeFileSync(path, '#compdef sigctl\n# by hand\n');
  const refused = await run(where, 'sigctl', ['completion', 'install', '--shell', 'zsh', '--json']);
  assert.equal(refused.exitCode, 1);
  assert.equal(JSON.parse(refused.stdout).error.code, 'COMPLETION_FOREIGN');
  assert.equal(readFileSync(path, 'utf8'), '#compdef sigctl\n# by hand\n');
});

test('completion install says why a file cannot be written, and exits 4', async (t) => {
  const where = place(t);
  writeFileSync(join(where.home, '.config'), 'no folder');
  const { exitCode, stderr } = await run(where, 'sigctl', ['completion', 'install', '--shell', 'fish']);
  assert.equal(exitCode, 4);
  assert.match(stderr, /^sigctl: Cannot write ".*sigctl\.fish": (ENOTDIR|EEXIST)\nhint: .*sigctl completion fish > /);
  assert.equal(existsSync(join(where.home, '.config/fish')), false);
});

test('completion install asks for the shell when SHELL does not tell one that it knows', () => {
  const deps = { install: unwanted, out: { print: unwanted, setExitCode: unwanted } };
  const options = { action: 'install', shell: undefined, json: false } as const;
  for (const loginShell of [undefined, 'tcsh']) {
    assert.throws(() => runCompletion({ ...deps, loginShell }, options), {
      code: 'SHELL_UNKNOWN',
      exitCode: 2,
      hint: 'Name it: sigctl completion install --shell bash',
    });
  }
});

test('completionPath() follows the XDG folders where they are absolute', () => {
  const xdg = { XDG_DATA_HOME: '/data', XDG_CONFIG_HOME: '/config' };
  assert.equal(completionPath('bash', '/home/u', xdg), '/data/bash-completion/completions/sigctl');
  assert.equal(completionPath('fish', '/home/u', xdg), '/config/fish/completions/sigctl.fish');
  assert.equal(completionPath('zsh', '/home/u', xdg), '/home/u/.zfunc/_sigctl');
  const relative = { XDG_DATA_HOME: 'data', XDG_CONFIG_HOME: '' };
  assert.equal(completionPath('bash', '/h', relative), '/h/.local/share/bash-completion/completions/sigctl');
  assert.equal(completionPath('fish', '/h', relative), '/h/.config/fish/completions/sigctl.fish');
});

for (const shell of SHELLS) {
  test(`completion ${shell} prints the script as it is`, () => {
    const printed: string[] = [];
    const out = { print: (text: string) => void printed.push(text), setExitCode: unwanted };
    const code = runCompletion(
      { loginShell: undefined, install: unwanted, out },
      { action: shell, shell: undefined, json: false },
    );
    assert.equal(code, 0);
    assert.deepEqual(printed, [COMPLETION_SCRIPTS[shell].trimEnd()]);
  });
}

function unwanted(): never {
  throw new Error('This must not be called');
}

/** Why a test of a shell is skipped, or `false`. */
function absent(shell: string): string | false {
  return spawnSync(shell, ['--version']).status === 0 ? false : `${shell} is not installed`;
}
