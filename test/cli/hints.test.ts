import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { SERVICE_HINT_CODES } from '../e2e/hint-cases.js';
import { REPO } from '../e2e/rig.js';
import { HINT_CASES } from './hint-cases.js';
import { project } from './rig.js';
import { typeHint } from './typed-hint.js';

describe('the command in a hint, typed in, helps:', { concurrency: 2 }, () => {
  for (const given of HINT_CASES) {
    test(`${given.code}: ${given.line}${given.nth === undefined ? '' : ` (command ${given.nth + 1})`}`, async (t) => {
      await typeHint(project(t), given);
    });
  }
});

/** Codes whose hints nobody types here, by the reason. */
const NOT_TYPED: Readonly<Record<string, readonly string[]>> = {
  'what helps is no command: another sigctl, another folder, an answer, the program that wrote the row': [
    ...[
      'DATABASE_TOO_NEW',
      'DATABASE_TOO_OLD',
      'BACKUP_TOO_NEW',
      'BACKUP_OTHER_STACK',
      'STATUS_ROW_INVALID',
      'FOLDER_GONE',
    ],
    ...[
      'NOT_CONFIRMED',
      'RESTORE_JOURNAL_INVALID',
      'INIT_INVALID',
      'SOCKET_FOLDER_UNSAFE',
      'INTERRUPTED',
      'USAGE_INVALID',
    ],
  ],
  'the machine has to fail for it: a full disk, foreign permissions, a lock for ten seconds, a kill at the right moment':
    [
      ...['DATABASE_FULL', 'BACKUP_DISK_FULL', 'RESTORE_DISK_FULL', 'DATABASE_LOCKED', 'STARTUP_NOT_ROOT'],
      ...[
        'BACKUP_FAILED',
        'BACKUP_DATABASE_BROKEN',
        'BACKUP_INTERRUPTED',
        'RESTORE_FAILED',
        'RESTORE_INTERRUPTED',
        'RESTORE_STOP_FAILED',
      ],
      ...[
        'RESTORE_UNFINISHED',
        'LOCK_HELD',
        'PM2_UNREACHABLE',
        'PM2_REFUSED',
        'WATCHDOG_NOT_STARTED',
        'PID_OF_STRANGER',
      ],
    ],
  'another machine is needed: test/remote has one': [
    ...[
      'HOST_FOLDER_MISSING',
      'HOST_WITHOUT_NODE',
      'HOST_WITHOUT_SIGCTL',
      'HOST_ANSWER_INVALID',
      'DEPLOY_SOURCE_INVALID',
    ],
    ...['DEPLOY_WITHOUT_TOOL', 'DEPLOY_FOLDER_IN_USE', 'DEPLOY_LOCKED', 'DEPLOY_FAILED', 'DEPLOY_INSTALL_FAILED'],
    ...['DEPLOY_INSPECTION_FAILED', 'DEPLOY_OUTCOME_UNKNOWN', 'DEPLOY_NO_PREVIOUS'],
  ],
  'it compiles for minutes: test/package/install.test.ts reads it': ['DATABASE_DRIVER_MISSING'],
  'it ends a service that comes with sigctl, and stands in its log': [
    ...['DATABASE_MISSING', 'CONFIG_INVALID', 'PORT_FORBIDDEN', 'LEDGER_BROKEN'],
    ...['REPLAY_FILE_MISSING', 'REPLAY_FILE_BROKEN', 'REPLAY_ROW_INVALID'],
  ],
};

test('the hint of every code in docs/errors.md is typed by a test, or it is said why not', () => {
  const page = readFileSync(join(REPO, 'docs/errors.md'), 'utf8');
  const codes = [...page.matchAll(/^\| `([A-Z0-9_]+)` \|/gm)].map(([, code = '']) => code);
  const typed = new Set<string>([...HINT_CASES.map(({ code }) => code), ...SERVICE_HINT_CODES]);
  const untyped = Object.values(NOT_TYPED).flat();
  assert.deepEqual(
    untyped.filter((code) => typed.has(code)),
    [],
  );
  assert.deepEqual([...typed, ...untyped].sort(), codes.sort());
});
