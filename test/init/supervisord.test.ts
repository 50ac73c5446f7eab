// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are the shell's, not ours
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readIni } from '../../src/init/ini.js';
import type { PlannedService } from '../../src/init/init-plan.js';
import { parseSupervisord } from '../../src/init/supervisord.js';
import { folderOf } from './folder.js';

function one(keys: string): PlannedService {
  const [service] = parseSupervisord(`[program:x]\n${keys}\n`, folderOf()).services;
  assert.ok(service);
  return service;
}

test('a program becomes a service with its folder, environment, grace and number', () => {
  const service = one(`command=python3 worker.py --name "a b"   ; a comment
directory=/srv/app
environment=A="b,c",B='d e', C=f,D="100%%"
autorestart=false
stopwaitsecs=30
numprocs=3
process_name=%(program_name)s_%(process_num)02d
startsecs=5`);
  assert.deepEqual(service, {
    name: 'x',
    command: { script: 'worker.py', args: ['--name', 'a b'], interpreter: 'python3' },
    cwd: '/srv/app',
    env: { A: 'b,c', B: 'd e', C: 'f', D: '100%' },
    instances: 3,
    autorestart: false,
    killTimeoutMs: 30_000,
    ready: { kind: 'delay', delayMs: 5_000 },
    notes: [],
  });
});

test("without stopwaitsecs supervisor's own ten seconds hold", () => {
  assert.equal(one('command=x').killTimeoutMs, 10_000);
});

test('expansions become what sigctl has in their place', () => {
  const service = one('command=%(here)s/run --n %(process_num)d --key %(ENV_KEY)s --p %(program_name)s');
  assert.deepEqual(service.command.args, ['-c', 'exec ./run --n ${SIGCTL_INSTANCE} --key ${KEY} --p x']);
  assert.deepEqual(service.passEnv, ['KEY']);
  assert.match(one('command=x\nenvironment=A=%(ENV_B)s').notes.join(), /"A" came from a variable/);
});

test('a shell that the command names is looked into', () => {
  const { services } = parseSupervisord(`[program:x]\ncommand=bash -c "cd /srv && exec node a.js"\n`, folderOf());
  assert.deepEqual([services[0]?.command, services[0]?.cwd], [{ script: 'a.js', args: [] }, '/srv']);
});

test('a lower priority comes first: the next level waits for it', () => {
  const text = `[program:web]\ncommand=a\npriority=20\n[program:db]\ncommand=b\npriority=10\n[program:last]\ncommand=c\n`;
  const { services } = parseSupervisord(text, folderOf());
  assert.deepEqual(
    services.map(({ name, after }) => [name, after]),
    [
      ['web', ['db']],
      ['db', undefined],
      ['last', ['web']],
    ],
  );
});

test('groups become modes; other sections are named', () => {
  const plan = parseSupervisord(
    `[supervisord]\n[program:a]\ncommand=x\n[group:front]\nprograms=a, b\n[eventlistener:e]\ncommand=y\n[include]\nfiles=*.conf\n`,
    folderOf(),
  );
  assert.deepEqual(plan.modes, { front: ['a', 'b'] });
  assert.deepEqual(
    plan.leftOut.map(({ name }) => name),
    ['e'],
  );
  assert.match(plan.notes.join(), /\[include\]/);
});

test('what cannot be taken over is told', () => {
  const notes = one(
    'command=x\nuser=www\nstdout_logfile=/x\nstopsignal=TERM\nautostart=false\nautorestart=unexpected',
  ).notes;
  for (const word of [/user/, /logs\/<name>\.log/, /SIGTERM/, /autostart/, /exit code 0/])
    assert.match(notes.join('\n'), word);
});

test('a program without a command, or with an open quote, is left out with the reason', () => {
  const { leftOut, services } = parseSupervisord('[program:a]\ndirectory=/\n[program:b]\ncommand="x\n', folderOf());
  assert.equal(services.length, 0);
  assert.deepEqual(
    leftOut.map(({ reason }) => reason),
    ['it has no command', 'its command leaves a quote open'],
  );
});

test('INI: continued lines, both comment signs, repeated sections, strange lines', () => {
  const ini = readIni('before\n[a]\nx = 1\n# c\ny: two ;c\n three\n[a]\nx=3\n[b\n=z\n');
  assert.deepEqual(
    ini.sections.map(({ name, values }) => [name, [...values]]),
    [
      [
        'a',
        [
          ['x', '3'],
          ['y', 'two\nthree'],
        ],
      ],
    ],
  );
  assert.deepEqual(ini.repeated, ['a']);
  assert.deepEqual(ini.strange, [1, 9, 10]);
});
