import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ExitFacts, explainExit } from '../../src/core/exit-cause.js';
import { heapLimitOf } from '../../src/core/heap-limit.js';

const MB = 1024 ** 2;

function facts(rest: Partial<ExitFacts> = {}): ExitFacts {
  return {
    parent: 'pm2',
    exit: { code: 3, signal: null },
    announced: undefined,
    pm2Order: undefined,
    kernelKill: null,
    memoryLimitBytes: undefined,
    lines: [],
    rebooted: false,
    ownReason: null,
    successCodes: [0],
    oneshot: false,
    hasCron: false,
    killTimeoutMs: 1_600,
    memoryBytes: null,
    heapLimitBytes: undefined,
    port: undefined,
    describeHolder: () => undefined,
    ...rest,
  };
}

const KERNEL_KILL: ExitFacts['kernelKill'] = {
  ...{ kills: 1, hits: 1, wanting: 'limit', cgroup: '4711 1', limitBytes: 220 * MB },
};
const died = (signal: string): ExitFacts['exit'] => ({ code: null, signal });
const told = (cause: string, actor: string, detail: Record<string, unknown> = {}) => ({ cause, actor, detail });

const CASES: readonly (readonly [
  title: string,
  given: Partial<ExitFacts>,
  cause: string,
  actor: string,
  words: RegExp,
])[] = [
  ['an exit code', {}, 'crash', 'service', /ended by itself with code 3/],
  ['a shell that tells of a signal', { exit: { code: 139, signal: null } }, 'crash', 'service', /139.*dies of SIGSEGV/],
  ['its own last word', { ownReason: 'max drawdown' }, 'crash', 'service', /code 3; its own word: max drawdown/],
  ['a success code', { exit: { code: 0, signal: null } }, 'completed', 'service', /by itself with code 0/],
  [
    'a oneshot that is done',
    { exit: { code: 7, signal: null }, successCodes: [0, 7], oneshot: true },
    'completed',
    'service',
    /has done its work and ended by itself with code 7/,
  ],
  ['a fault in machine code', { exit: died('SIGSEGV') }, 'signal', 'service', /died of SIGSEGV.*machine code/],
  ['a SIGKILL that nobody announced', { exit: died('SIGKILL') }, 'signal', 'unknown', /nobody of sigctl.*OOM killer/],
  [
    'a SIGKILL of the kernel at the limit of its cgroup',
    { exit: died('SIGKILL'), kernelKill: KERNEL_KILL, memoryLimitBytes: 200 * MB, memoryBytes: 190 * MB },
    'memory-limit',
    'kernel',
    /memory limit of 200 MB.*the kernel killed it at 220 MB; 190 MB were seen before/,
  ],
  [
    'a SIGKILL of the kernel as the machine had no memory left',
    {
      exit: died('SIGKILL'),
      kernelKill: { ...KERNEL_KILL, wanting: 'machine' },
      memoryLimitBytes: 200 * MB,
      memoryBytes: 90 * MB,
    },
    'signal',
    'kernel',
    /^the machine ran out of memory, and the kernel chose.*; 90 MB of 200 MB were seen before$/,
  ],
  [
    'the kernel was faster than the watchdog, who had asked it to end',
    {
      exit: died('SIGKILL'),
      kernelKill: KERNEL_KILL,
      announced: told('memory-limit', 'watchdog', { reason: '207 MB of 200 MB' }),
    },
    'memory-limit',
    'watchdog',
    /^207 MB of 200 MB; before it could end in order, the kernel killed it at 220 MB$/,
  ],
  ['a SIGTERM that nobody announced', { exit: died('SIGTERM') }, 'signal', 'unknown', /SIGTERM from outside sigctl/],
  [
    'a signal from outside that the service took in order',
    { exit: { code: 0, signal: null }, ownReason: 'SIGTERM' },
    'signal',
    'unknown',
    /in order on SIGTERM, which came from outside/,
  ],
  [
    'an abort after V8 ran out of memory',
    {
      exit: died('SIGABRT'),
      lines: ['FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory'],
      heapLimitBytes: 200 * MB,
      memoryBytes: 241 * MB,
    },
    'heap-limit',
    'service',
    /heap limit of 200 MB.*memory 241 MB at most/,
  ],
  [
    'the same through a shell',
    { exit: { code: 134, signal: null }, lines: ['JavaScript heap out of memory'] },
    'heap-limit',
    'service',
    /heap limit/,
  ],
  [
    'a mere mention of the heap before another death',
    { exit: died('SIGSEGV'), lines: ['JavaScript heap out of memory'] },
    'signal',
    'service',
    /SIGSEGV/,
  ],
  [
    "node's words for a taken port",
    {
      exit: { code: 1, signal: null },
      lines: [
        'Error: listen EADDRINUSE: address already in use 127.0.0.1:3001',
        '    at Server.setupListenHandle',
        "  code: 'EADDRINUSE',",
      ],
      describeHolder: (port) => `pid 812 (holds ${port})`,
    },
    'port-taken',
    'service',
    /port 3001 is taken by pid 812 \(holds 3001\)/,
  ],
  [
    "python's words for it, which name no port",
    { exit: { code: 1, signal: null }, lines: ['OSError: [Errno 98] Address already in use'], port: 5432 },
    'port-taken',
    'service',
    /port 5432 is taken: it exited with code 1/,
  ],
  [
    'a taken port that the service got over',
    { exit: { code: 0, signal: null }, lines: ['EADDRINUSE, trying the next'] },
    'completed',
    'service',
    /code 0/,
  ],
  [
    'an operator',
    { exit: died('SIGINT'), announced: told('operator', 'operator ann', { command: 'stop web' }) },
    'operator',
    'operator ann',
    /^stopped by operator ann \("sigctl stop web"\)$/,
  ],
  [
    'an operator whose service had to be killed',
    { exit: died('SIGKILL'), announced: told('operator', 'operator ann', { command: 'restart web' }) },
    'operator',
    'operator ann',
    /^restarted by operator ann.*did not end within 1\.6s.*killed$/,
  ],
  [
    'a change of mode',
    { announced: told('mode', 'website bob', { command: 'mode minimal' }) },
    'mode',
    'website bob',
    /website bob with a change of mode \("sigctl mode minimal"\)/,
  ],
  [
    'the watchdog, in its own words',
    { announced: told('memory-limit', 'watchdog', { reason: '512 MB of 500 MB' }) },
    'memory-limit',
    'watchdog',
    /^512 MB of 500 MB$/,
  ],
  [
    "PM2's worker",
    { exit: died('SIGINT'), pm2Order: { kind: 'memory', memoryBytes: 512 * MB, limitBytes: 500 * MB } },
    'memory-limit',
    'pm2',
    /512 MB of 500 MB/,
  ],
  ['a schedule', { exit: died('SIGINT'), pm2Order: { kind: 'stop' }, hasCron: true }, 'cron', 'pm2', /cron_restart/],
  [
    "a signal for PM2's daemon",
    { exit: died('SIGINT'), pm2Order: { kind: 'end', signal: 'SIGTERM' } },
    'pm2-death',
    'pm2',
    /daemon was told to end by SIGTERM \(the machine was going down/,
  ],
  [
    "a signal for PM2's daemon as the machine went down",
    { exit: died('SIGINT'), pm2Order: { kind: 'end', signal: 'SIGTERM' }, rebooted: true },
    'reboot',
    'machine',
    /SIGTERM as the machine went down/,
  ],
  [
    'a stop by the boot unit',
    { exit: died('SIGINT'), announced: told('boot', 'boot', { command: 'stop' }) },
    'boot',
    'boot',
    /in order with its boot unit: a shutdown or a reboot/,
  ],
  ['a pm2 command', { exit: died('SIGINT'), pm2Order: { kind: 'stop' } }, 'operator', 'pm2', /not by sigctl/],
  ['an end that nobody saw', { exit: undefined }, 'pm2-death', 'pm2', /daemon, its parent, was dead/],
  ['an end with the machine', { exit: undefined, rebooted: true }, 'reboot', 'machine', /started anew/],
  ['an end before the reboot that was seen', { rebooted: true }, 'crash', 'service', /code 3/],
  ["PM2's daemon", { exit: undefined, parent: 'none' }, 'pm2-death', 'unknown', /sigctl did not end it/],
  [
    'an orphan that an operator stopped',
    { exit: undefined, announced: told('operator', 'operator ann', { command: 'stop' }) },
    'operator',
    'operator ann',
    /nobody saw its exit code/,
  ],
];

for (const [title, given, cause, actor, words] of CASES) {
  test(`explainExit() tells ${title}: ${cause} by ${actor}`, () => {
    const story = explainExit(facts(given));
    assert.deepEqual([story.cause, story.actor], [cause, actor]);
    assert.match(story.reason, words);
  });
}

test('heapLimitOf() reads the last limit that node would take', () => {
  assert.equal(heapLimitOf(['--max-old-space-size=100 --inspect', '--max_old_space_size=200']), 200 * MB);
  assert.equal(heapLimitOf(['--inspect']), undefined);
});
