import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HintCase } from './typed-hint.js';

const NO_DATABASE = 'this is no database, and long enough to be read as one'.repeat(100);

const write =
  (file: string, text: string) =>
  (root: string): void => {
    mkdirSync(join(root, file, '..'), { recursive: true });
    writeFileSync(join(root, file), text);
  };

const withoutManifest = (root: string): void => rmSync(join(root, 'ecosystem.config.cjs'));

const together =
  (...steps: readonly ((root: string) => void)[]) =>
  (root: string): void => {
    for (const step of steps) step(root);
  };

/** A program of the system that fails, in front of the PATH. */
const broken =
  (name: string, says: string) =>
  (root: string): void => {
    mkdirSync(join(root, '.bin'), { recursive: true });
    writeFileSync(join(root, '.bin', name), `#!/bin/sh\necho "${says}" >&2\nexit 255\n`);
    chmodSync(join(root, '.bin', name), 0o755);
  };

/** Of a line that was typed wrong. Website and trading are in the manifest, and nothing was ever started. */
const LINES: readonly HintCase[] = [
  { code: 'COMMAND_UNKNOWN', line: 'sigctl stauts', says: /website/ },
  { code: 'COMMAND_UNKNOWN', line: 'sigctl frobnicate', says: /Commands:/ },
  { code: 'OPTION_UNKNOWN', line: 'sigctl status --chekc --json' },
  { code: 'OPTIONS_CONFLICT', line: 'sigctl host list --force', says: /No hosts yet/ },
  { code: 'OPTIONS_CONFLICT', line: 'sigctl completion bash --shell zsh --json', says: /~\/.zshrc/ },
  { code: 'ARGUMENT_MISSING', line: 'sigctl why --json', says: /Tell why a service ended/ },
  { code: 'ARGUMENT_MISSING', line: 'sigctl host add', says: /@prod/ },
  { code: 'ARGUMENT_EXCESS', line: 'sigctl alerts list all --json', says: /"ok": true/ },
  { code: 'VALUE_MISSING', line: 'sigctl logs --level' },
  { code: 'VALUE_INVALID', line: 'sigctl logs --level loud --json' },
  { code: 'VALUE_INVALID', line: 'sigctl wait --for stoped --json' },
  { code: 'SERVICE_UNKNOWN', line: 'sigctl status webstie', says: /website/ },
  { code: 'SERVICE_UNKNOWN', line: 'sigctl status watchdog --json', says: /No log yet: watchdog/ },
  { code: 'MODE_UNKNOWN', line: 'sigctl mode --dry-run ful', says: /Mode full/ },
  { code: 'SUBJECT_UNKNOWN', line: 'sigctl help statsu', says: /Usage: sigctl status/ },
  { code: 'SUBJECT_UNKNOWN', line: 'sigctl help nothing-like-it', says: /Topics:/ },
  { code: 'KIND_UNKNOWN', line: 'sigctl history --kind explosion --json', says: /No events/ },
  { code: 'KIND_UNKNOWN', line: 'sigctl history --kind exti --json', says: /No events/ },
  { code: 'TIME_INVALID', line: 'sigctl history --since whenever --json', says: /No events/ },
  { code: 'TIME_INVALID', line: 'sigctl logs --since whenever --json' },
  { code: 'TIMES_REVERSED', line: 'sigctl logs --since 5m --until 10m --json' },
  { code: 'LINES_INVALID', line: 'sigctl logs -n ten --json' },
  { code: 'GREP_INVALID', line: "sigctl logs --grep '(' --json" },
  { code: 'GREP_MISSING', line: 'sigctl logs --ignore-case --json' },
  { code: 'FIELD_INVALID', line: 'sigctl logs --field symbol --json' },
  { code: 'UNTIL_WITH_FOLLOW', line: 'sigctl logs --until 5m --follow --json', endless: true, says: /No log yet/ },
  { code: 'TERMINAL_MISSING', line: 'sigctl top', endless: true, says: /website/ },
  { code: 'TERMINAL_MISSING', line: 'sigctl top', nth: 1, says: /website/ },
];

/** Of the manifest, and of what it may be made from. */
const MANIFESTS: readonly HintCase[] = [
  { code: 'MANIFEST_NOT_FOUND', line: 'sigctl status --json', arrange: withoutManifest, mends: true },
  { code: 'MANIFEST_NOT_FOUND', line: 'sigctl status --json', arrange: withoutManifest, nth: 2, mends: true },
  {
    ...{ code: 'MANIFEST_INVALID', line: 'sigctl start --json', says: /kill_timeout/ },
    arrange: write('ecosystem.config.cjs', "module.exports = { apps: [{ name: 'a', kill_timeout: 'soon' }] };"),
  },
  ...[0, 1].map(
    (nth): HintCase => ({
      ...{ code: 'MANIFEST_EXISTS', line: 'sigctl init --from Procfile --json', nth },
      arrange: write('Procfile', 'web: node web.js\n'),
      says: nth === 0 ? /name: 'web'/ : /Wrote ecosystem.config.cjs/,
    }),
  ),
  {
    ...{ code: 'INIT_SOURCE_MISSING', line: 'sigctl init --from absent.yml --json', says: /name: 'web'/ },
    arrange: together(withoutManifest, write('Procfile', 'web: node web.js\n')),
  },
  {
    ...{ code: 'INIT_SOURCE_BROKEN', line: 'sigctl init --from compose.yml --json', fill: { '<file>': 'Procfile' } },
    arrange: together(withoutManifest, write('compose.yml', 'services: [: {'), write('Procfile', 'web: node web.js\n')),
    says: /Wrote ecosystem.config.cjs/,
  },
  {
    ...{ code: 'INIT_NO_SERVICE', line: 'sigctl init --from package.json --json', fill: { '<file>': 'Procfile' } },
    arrange: together(withoutManifest, write('package.json', '{}'), write('Procfile', 'web: node web.js\n')),
    says: /Wrote ecosystem.config.cjs/,
  },
  {
    ...{
      code: 'FILE_UNUSABLE',
      line: 'sigctl init --config taken/below.cjs --json',
      byHand: 'rm taken && mkdir taken',
      mends: true,
    },
    arrange: together(withoutManifest, write('taken', '')),
  },
  {
    ...{ code: 'INIT_NOT_WRITTEN', line: 'sigctl init --config absent/below.cjs --json', mends: true },
    arrange: withoutManifest,
  },
  {
    ...{ code: 'INIT_NAME', line: 'sigctl init --config other.json --json', says: /Wrote ecosystem.config.cjs/ },
    arrange: withoutManifest,
  },
];

/** Of the state on disk. */
const STATES: readonly HintCase[] = [
  {
    ...{ code: 'DATABASE_BROKEN', line: 'sigctl status --json', exit: 1, says: /DATABASE/ },
    arrange: write('.sigctl/status.db', NO_DATABASE),
  },
  {
    ...{ code: 'HOME_UNUSABLE', line: 'sigctl stop --json', byHand: 'rm .sigctl', mends: true },
    arrange: write('.sigctl', ''),
  },
  {
    ...{ code: 'LOG_UNREADABLE', line: 'sigctl logs website --json', says: /^d.*/m },
    arrange: (root) => void mkdirSync(join(root, 'logs/website.log/below'), { recursive: true }),
  },
];

/** Two backups; the newer one is named, and may be damaged. */
const backups =
  (damage: (newest: string) => void = () => undefined) =>
  async (root: string): Promise<void> => {
    const { shellIn } = await import('./typed-hint.js');
    const shell = shellIn(root);
    await shell('sigctl stop && sigctl backup --to old && sigctl backup');
    damage(join(root, 'backups', readdirSync(join(root, 'backups'))[0] ?? ''));
  };
const NEWEST = '"$(ls -d backups/*)"';
const OLDER = { '<backup>': '"$(ls -d old/*)"' };

const edit =
  (file: string, change: (text: string) => string) =>
  (folder: string): void =>
    writeFileSync(join(folder, file), change(readFileSync(join(folder, file), 'latin1')), 'latin1');

const damaged = (code: string, damage: (folder: string) => void): HintCase => ({
  ...{ code, line: `sigctl restore ${NEWEST} --yes --json`, arrange: backups(damage), fill: OLDER },
  says: /every checksum and integrity check passed/,
});

const BACKUPS: readonly HintCase[] = [
  { code: 'BACKUP_REQUIRED', line: 'sigctl restore --json', arrange: backups(), says: /every checksum/ },
  {
    code: 'CONFIRMATION_REQUIRED',
    line: `sigctl restore ${NEWEST} --json`,
    arrange: backups(),
    says: /Restored 1 database/,
  },
  { code: 'UNDO_ALONE', line: 'sigctl restore --undo x --json', arrange: backups(), says: /nothing to undo/ },
  ...['Procfile', '.sigctl/backups'].map(
    (folder): HintCase => ({
      code: folder === 'Procfile' ? 'BACKUP_TARGET_NOT_WRITABLE' : 'BACKUP_TARGET_INVALID',
      ...{ line: `sigctl backup --to ${folder} --json`, fill: { '<dir>': 'elsewhere' }, says: /Backup of / },
      arrange: async (root) => {
        await backups()(root);
        write('Procfile', '')(root);
      },
    }),
  ),
  damaged('BACKUP_INCOMPLETE', (folder) => rmSync(join(folder, 'index.json'))),
  damaged(
    'BACKUP_INDEX_INVALID',
    edit('index.json', () => '{"schemaVersion":1}'),
  ),
  damaged('BACKUP_FILE_MISSING', (folder) => rmSync(join(folder, 'status.db'))),
  damaged(
    'BACKUP_FILE_TRUNCATED',
    edit('status.db', (text) => text.slice(0, -4096)),
  ),
  damaged(
    'BACKUP_FILE_CORRUPT',
    edit('status.db', (text) => `${text.slice(0, -1)}!`),
  ),
  {
    ...{ code: 'BACKUP_NOT_FOUND', line: 'sigctl restore absent --yes --json', arrange: backups(), fill: OLDER },
    says: /every checksum/,
  },
];

const REFUSED = 'ssh: connect to host vps port 22: Connection refused';
const KNOWN_HOST = write('.config/sigctl/hosts.json', '{ "prod": "a:/srv" }');

/** Of boot, completion, alerts and other machines. */
const AROUND: readonly HintCase[] = [
  {
    ...{ code: 'STARTUP_FAILED', line: 'sigctl startup --cron --json', nth: 1, says: /^@reboot / },
    arrange: broken('crontab', 'cron is not allowed here'),
  },
  { code: 'SHELL_UNKNOWN', line: 'sigctl completion install --json', says: /bash-completion/ },
  {
    ...{ code: 'COMPLETION_FOREIGN', line: 'sigctl completion install --shell bash --json' },
    arrange: write('.local/share/bash-completion/completions/sigctl', 'of somebody else\n'),
  },
  {
    ...{ code: 'COMPLETION_UNWRITABLE', line: 'sigctl completion install --shell bash --json' },
    arrange: write('.local/share', ''),
  },
  { code: 'NO_ALERT_CHANNEL', line: 'sigctl alerts test --json', says: /telegram \{ token, chat \}/ },
  {
    ...{ code: 'HOST_MISSING', line: 'sigctl @prod', exit: 4, says: /Connection refused/ },
    arrange: together(KNOWN_HOST, broken('ssh', REFUSED)),
  },
  { code: 'HOST_UNKNOWN', line: 'sigctl @nowhere status --json', says: /@nowhere +user@vps/ },
  { code: 'HOST_INVALID', line: 'sigctl host add pr/od vps:/srv --json', says: /@prod/ },
  { code: 'HOST_INVALID', line: "sigctl host add prod '' --json", says: /@prod/ },
  {
    ...{ code: 'HOST_EXISTS', line: 'sigctl host add prod b:/srv --json', says: /@prod +b:\/srv/ },
    arrange: KNOWN_HOST,
  },
  {
    ...{
      code: 'HOSTS_INVALID',
      line: 'sigctl host list --json',
      byHand: 'mv .config/sigctl/hosts.json moved',
      mends: true,
    },
    arrange: write('.config/sigctl/hosts.json', 'no JSON'),
  },
  { code: 'HOSTS_NONE', line: 'sigctl status --all-hosts --json', says: /@prod/ },
  {
    ...{ code: 'HOST_UNREACHABLE', line: 'sigctl --host ann@vps:/srv status --json', exit: 255, says: /refused/ },
    arrange: broken('ssh', REFUSED),
  },
];

/** A deploy that goes as far as ssh. */
const DEPLOYS: readonly HintCase[] = [
  {
    ...{
      code: 'DEPLOY_CONTRADICTION',
      line: 'sigctl deploy @prod --rollback --git main --json',
      exit: 4,
      says: /refused/,
    },
    arrange: together(KNOWN_HOST, broken('ssh', REFUSED)),
  },
  {
    ...{ code: 'DEPLOY_WITHOUT_FOLDER', line: 'sigctl deploy @prod --json', says: /@prod +.*:\/srv\/app/ },
    arrange: write('.config/sigctl/hosts.json', '{ "prod": "vps" }'),
  },
  {
    ...{ code: 'SSH_MISSING', line: 'SIGCTL_SSH_COMMAND="$PWD/ssh" sigctl --host vps:/srv status --json', mends: true },
    byHand: 'printf "#!/bin/sh\\n" >ssh; chmod +x ssh',
  },
];

/** Errors that need no process to be provoked. */
export const HINT_CASES: readonly HintCase[] = [...LINES, ...MANIFESTS, ...STATES, ...BACKUPS, ...AROUND, ...DEPLOYS];
