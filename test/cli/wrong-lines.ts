import { COMMAND_NAMES } from '../../src/cli/purposes.js';

/** What the message has to name: the typed value as a person recognises it. */
type Named = string;

/** A line that must be refused: the words after `sigctl`, what its message names, and its exit code where that is not 2. */
export type WrongLine = readonly [words: readonly string[], named: Named, exitCode?: number];

const line = (text: string, named: Named, exitCode?: number): WrongLine =>
  exitCode === undefined ? [text.split(' '), named] : [text.split(' '), named, exitCode];

const HUGE = '9'.repeat(400);
const LONG = 'x'.repeat(5_000);
/** An escape that would clear the screen, a bell, and a line break. */
const CONTROL = 'we\u001b[2Jb\u0007\n';
const UNICODE = [
  'wébsite',
  'ｗｅｂｓｉｔｅ',
  '网站',
  '🚀',
  '\u202eetisbew',
  'webs\u200bite',
  'Website',
  '\ud83d\ude00\u0301',
];

/** Commands that take names of services. */
const BY_SERVICE = ['start', 'stop', 'restart', 'status', 'wait', 'logs', 'why', 'history', 'config', 'env'] as const;

const TYPOS: readonly WrongLine[] = [
  ...[
    'strat',
    'sotp',
    'restrat',
    'stauts',
    'wiat',
    'moed',
    'lgos',
    'wyh',
    'histroy',
    'bakcup',
    'resotre',
    'docter',
  ].map((word): WrongLine => [[word], `"${word}"`]),
  ...['cofnig', 'evn', 'alrets', 'hsot', 'starttup', 'unstratup', 'intit', 'complete', 'hepl', 'STATUS', 'Start'].map(
    (word): WrongLine => [[word], `"${word}"`],
  ),
  ...['', ' ', '-', '🚀', 'статус', 'constructor', '__proto__', 'toString', '__complet'].map(
    (word): WrongLine => [[word], JSON.stringify(word)],
  ),
  [[CONTROL], '"we'],
  [[LONG], 'xxxx'],
  line('website', '"website"'),
  line('start,stop', '"start,stop"'),
  line('status;stop', '"status;stop"'),
];

const UNKNOWN_OPTIONS: readonly WrongLine[] = [
  ...COMMAND_NAMES.map((command): WrongLine => [[command, '--frobnicate'], '"--frobnicate"']),
  line('start --forse', '"--forse"'),
  line('start --watch', '"--watch"'),
  line('stop --al', '"--al"'),
  line('stop --wiat 5s', '"--wiat"'),
  line('restart --chagned', '"--chagned"'),
  line('recover --now', '"--now"'),
  line('status --chek', '"--chek"'),
  line('status -x', '"-x"'),
  line('status --json=yes', '"--json"'),
  line('status --watch=1s', '"--watch"'),
  line('wait --fro healthy', '"--fro"'),
  line('mode --dryrun full', '"--dryrun"'),
  line('logs --folow', '"--folow"'),
  line('logs --lines10', '"--lines10"'),
  line('logs -z', '"-z"'),
  line('why --verbose trading', '"--verbose"'),
  line('history --form 1h', '"--form"'),
  line('backup --kepe 3', '"--kepe"'),
  line('restore --ye', '"--ye"'),
  line('doctor --fxi', '"--fxi"'),
  line('config --dif', '"--dif"'),
  line('env trading --all', '"--all"'),
  line('alerts --josn', '"--josn"'),
  line('host --froce', '"--froce"'),
  line('startup --usr', '"--usr"'),
  line('unstartup --print', '"--print"'),
  line('init --form Procfile', '"--form"'),
  line('completion bash --shel zsh', '"--shel"'),
  line('help --al', '"--al"'),
  line('--confg x status', '"--confg"'),
  line('--colour status', '"--colour"'),
  [['status', '--🚀'], '"--🚀"'],
  [['start', `--${CONTROL}`], '"--we'],
  [['start', `--${LONG}`], '--xxxx'],
  [['status', '---json'], '"---json"'],
];

const MISSING: readonly WrongLine[] = [
  ...['start', 'stop', 'restart', 'recover', 'mode', 'backup', 'restore', 'doctor'].map(
    (command): WrongLine => [[command, '--wait'], '"--wait"'],
  ),
  line('wait --for', '"--for"'),
  line('wait --timeout', '"--timeout"'),
  line('status --interval', '"--interval"'),
  line('status -c', '"--config"'),
  line('--config', '"--config"'),
  line('--host', '--host'),
  line('--host= status', '--host'),
  line('@prod', 'prod"'),
  ...['-n', '--since', '--until', '--level', '--grep', '--field'].map((flag): WrongLine => [['logs', flag], '"--']),
  ...['-n', '--since', '--until', '--kind'].map((flag): WrongLine => [['history', flag], '"--']),
  line('backup --to', '"--to"'),
  line('backup --keep', '"--keep"'),
  line('init --from', '"--from"'),
  line('completion', '<action>'),
  line('completion install --shell', '"--shell"'),
  line('why', '<service>'),
  line('env', '<service>'),
  line('host add', '"sigctl host add" without <name>'),
  line('host add prod', '<address>'),
  line('host remove', '<name>'),
  line('restore', 'restore'),
];

const WRONG_VALUES: readonly WrongLine[] = [
  ...['soon', '-1', '1w', '5 s', '1e3', 'NaN', 'Infinity', '٣s', '5s5', '0x10', HUGE].map(
    (value): WrongLine => [['start', `--wait=${value}`], value.slice(0, 60)],
  ),
  [['stop', '--wait', ''], '""'],
  [['stop', '--wait', CONTROL], '"we'],
  line('mode full --wait ever', '"ever"'),
  line('doctor --wait later', '"later"'),
  line('backup --wait -5', '"-5"'),
  line('restore x --wait 1y', '"1y"'),
  line('wait --timeout forever', '"forever"'),
  line(`wait --timeout ${HUGE}`, '9999'),
  line('wait --for heatlhy', '"heatlhy"'),
  line('wait --for HEALTHY', '"HEALTHY"'),
  line('status --interval 0', '"0"'),
  line('status --interval 5ms', '"5ms"'),
  line('status --interval often', '"often"'),
  ...['ten', '-5', '1.5', '1e2', '0x5', HUGE, ''].map(
    (value): WrongLine => [['logs', '-n', value], value.slice(0, 60)],
  ),
  ...['zero', '-1', '2.5', HUGE].map((value): WrongLine => [['history', '-n', value], value.slice(0, 60)]),
  ...['tomorrowish', '25:61', '2026-13-45', '-5m', '10 parsecs', ''].map(
    (value): WrongLine => [['logs', '--since', value], value],
  ),
  ...['whenever', '24:99', '2026-02-30T00:00', '🕐'].map((value): WrongLine => [['history', '--until', value], value]),
  line('logs --level loud', '"loud"'),
  line('logs --level WARN!', '"WARN!"'),
  line('logs --grep (', '('),
  line('logs --grep [z-a]', '[z-a]'),
  line('logs --grep *x', '*x'),
  line('logs --field symbol', 'symbol'),
  line('logs --field =x', '=x'),
  line('history --kind explosion', 'explosion'),
  ...['none', '0', '-3', '1.5', HUGE].map((value): WrongLine => [['backup', '--keep', value], value.slice(0, 60)]),
  line('completion zhs', '"zhs"'),
  line('completion install --shell tcsh', '"tcsh"'),
  line('alerts tset', '"tset"'),
  line('host ad prod x', '"ad"'),
  line('help statsu', '"statsu"'),
  line('help nothing', '"nothing"'),
  [['help', ''], '""'],
  [['help', CONTROL], '"we'],
];

const UNKNOWN_NAMES: readonly WrongLine[] = [
  ...BY_SERVICE.map((command): WrongLine => [[command, 'webstie'], '"webstie"']),
  ...BY_SERVICE.map((command): WrongLine => [[command, ''], '""']),
  ...UNICODE.map((name, index): WrongLine => [[BY_SERVICE[index] ?? 'status', name], `"${name}"`]),
  [['start', 'website', 'trading', 'nobody'], '"nobody"'],
  [['stop', '--', '--json'], '"--json"'],
  [['status', CONTROL], '"we'],
  [['status', LONG], 'xxxx'],
  line('status website-0', '"website-0"'),
  line('start *', '"*"'),
  line('start website,trading', '"website,trading"'),
  line('start constructor', '"constructor"'),
  line('stop __proto__', '"__proto__"'),
  line('start --only webstie', '"webstie"'),
  line('restart --changed webstie', '"webstie"'),
  line('mode ful', '"ful"'),
  line('mode Full', '"Full"'),
  line('mode constructor', '"constructor"'),
  line('mode minimal --dry-run', '"minimal"'),
  [['mode', ''], '""'],
  [['mode', '🚀'], '"🚀"'],
  line('@nowhere status', 'nowhere'),
  [['@', 'status'], '""'],
  [['@pr od', 'status'], 'pr od'],
  line('--host -oProxyCommand=x status', '-oProxyCommand=x'),
  line('host remove nowhere', '"nowhere"'),
  [['host', 'add', 'pr/od', 'vps:/srv'], '"pr/od"'],
  [['host', 'add', 'prod', '-oProxyCommand=touch x'], '-oProxyCommand'],
  [['host', 'add', 'prod', ''], '""'],
  line('status -c absent.cjs', 'absent.cjs'),
  line('start -c .', '"'),
  line('restart --config=/dev/null', '/dev/null'),
  line('init --from absent.yml', 'absent.yml'),
  line('init --from .', '.'),
  line('restore no-such-backup --yes', 'no-such-backup'),
  line('restore .. --yes', 'it has no index.json', 1),
];

const CONTRADICTIONS: readonly WrongLine[] = [
  line('start --only', '--only'),
  line('start --only website --wait 5s --wait soon', '"soon"'),
  line('logs -n 5 -n five', '"five"'),
  line('status -c ecosystem.config.cjs -c absent.cjs', 'absent.cjs'),
  line('start website --only --with-deps', '--with-deps'),
  line('restart --changed --changed=1', '--changed'),
  line('status --watch --check', '--watch'),
  line('status --all-hosts --watch', '--watch'),
  line('status website --all-hosts', '"website"'),
  line('startup --user --system', '--user'),
  line('startup --user --cron', '--user'),
  line('unstartup --system --cron', '--system'),
  line('restore --undo some-backup', '--undo'),
  line('restore --undo --dry-run', '--undo'),
  line('logs --since 5m --until 10m', 'until "10m"'),
  // Not times of day: seen from between the two, the later one is yesterday's.
  line('history --since 2026-03-02 --until 2026-03-01', 'until "2026-03-01"'),
  line('logs --until 5m --follow', '--until'),
  line('logs --ignore-case', '--ignore-case'),
  line('mode --dry-run', '--dry-run'),
  line('mode --rollback-on-failure', '--rollback-on-failure'),
  line('host list prod', '"prod"'),
  line('host remove a b', '"b"'),
  line('host list --force', '--force'),
];

const EXCESS: readonly WrongLine[] = [
  line('mode full minimal', '"minimal"'),
  line('why trading website', '"website"'),
  line('env trading website', '"website"'),
  line('backup now', '"now"'),
  line('restore a b', '"b"'),
  line('doctor website', '"website"'),
  line('alerts list all', '"all"'),
  line('host add a b c', '"c"'),
  line('recover website', '"website"'),
  line('startup now please', '"now", "please"'),
  line('unstartup website', '"website"'),
  line('init here', '"here"'),
  line('completion bash zsh', '"zsh"'),
  line('help start stop', '"stop"'),
];

/** Every one is refused before anything is done. Two services are in the manifest: website and trading. */
export const WRONG_LINES: readonly WrongLine[] = [
  ...TYPOS,
  ...UNKNOWN_OPTIONS,
  ...MISSING,
  ...WRONG_VALUES,
  ...UNKNOWN_NAMES,
  ...CONTRADICTIONS,
  ...EXCESS,
];
