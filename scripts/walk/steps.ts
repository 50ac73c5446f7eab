import { COMMAND_NAMES } from '../../src/cli/purposes.js';
import { type Step, stepsOf } from './step.js';
import { MACHINE } from './steps-machine.js';
import { SICK } from './steps-sick.js';
import { WRONG } from './steps-wrong.js';

const HELP: readonly Step[] = [
  ...stepsOf(`
    help                 | sigctl --help
    help-manifest        | sigctl help manifest
    help-environment     | sigctl help environment
    help-exit-codes      | sigctl help exit-codes`),
  ...COMMAND_NAMES.map((command) => ({ name: `help-${command}`, line: `sigctl ${command} --help` })),
];

/** Nothing was ever started. */
const FRESH = stepsOf(`
    fresh-status         | sigctl status
    fresh-status-one     | sigctl status trading
    fresh-status-quiet   | sigctl status --check --quiet
    fresh-mode           | sigctl mode
    fresh-stop           | sigctl stop
    fresh-wait           | sigctl wait --timeout 0
    fresh-logs           | sigctl logs
    fresh-why            | sigctl why
    fresh-history        | sigctl history
    fresh-alerts         | sigctl alerts
    fresh-backup         | sigctl backup
    fresh-restore        | sigctl restore
    fresh-restore-undo   | sigctl restore --undo
    fresh-env            | sigctl env website
    fresh-config-diff    | sigctl config --diff
    fresh-doctor         | sigctl doctor
    fresh-recover        | sigctl recover
    fresh-reload         | sigctl reload website
    config               | sigctl config
    config-one           | sigctl config trading
    host-list-none       | sigctl host list
    host-add             | sigctl host add prod nobody@127.0.0.1:/srv/app
    host-add-again       | sigctl host add prod nobody@127.0.0.1:/srv/other
    host-list            | sigctl host list
    hosts-unreachable    | sigctl status --all-hosts
    host-unreachable     | sigctl @prod status
    deploy-unreachable   | sigctl deploy @prod
    host-remove          | sigctl host remove prod`);

/** The stack runs, and nothing is wrong. */
const RUNNING = stepsOf(`
    mode-plan            | sigctl mode standard --dry-run
    mode-standard        | sigctl mode standard
    wait                 | sigctl wait
    status               | sigctl status
    status-one           | sigctl status trading
    status-watchdog      | sigctl status watchdog
    status-quiet         | sigctl status --quiet
    status-check         | sigctl status --check
    mode                 | sigctl mode
    mode-already         | sigctl mode standard
    mode-back-plan       | sigctl mode minimal --dry-run
    start-already        | sigctl start
    restart              | sigctl restart trading
    reload               | sigctl reload website
    reload-json          | sigctl reload website --json
    recover-nothing      | sigctl recover
    reload-refused       | sigctl reload trading
    reload-or-restart    | sigctl reload trading --or-restart
    logs                 | sigctl logs -n 4
    logs-one             | sigctl logs website -n 3
    logs-watchdog        | sigctl logs watchdog
    logs-since           | sigctl logs --since 1h --until 1s -n 3
    logs-level           | sigctl logs --level warn
    logs-grep            | sigctl logs --grep 'order|cycle' -n 3
    logs-grep-nothing    | sigctl logs --grep 'not there at all'
    logs-field           | sigctl logs --field level=info -n 2
    logs-silent          | sigctl logs watchdog --level fatal
    logs-json            | sigctl logs --json -n 1
    logs-no-prefix       | sigctl logs trading --no-prefix -n 2
    env                  | sigctl env trading
    config-diff          | sigctl config --diff
    history              | sigctl history
    history-one          | sigctl history trading -n 3
    why-all              | sigctl why
    why                  | sigctl why trading
    alerts               | sigctl alerts
    alerts-test          | sigctl alerts test
    doctor               | sigctl doctor
    doctor-fix           | sigctl doctor --fix
    backup               | sigctl backup
    restore-none         | sigctl restore
    restore-plan         | sigctl restore "$(ls -td backups/* | head -1)" --dry-run
    restore              | sigctl restore "$(ls -td backups/* | head -1)" --yes
    restore-undo         | sigctl restore --undo`);

/** Full-screen commands, and those that wait for a key. */
const INTERACTIVE: readonly Step[] = [
  {
    name: 'top',
    line: 'sigctl top',
    scenes: [
      { shows: /3 of 3 healthy/, press: ['Down'] },
      { shows: /▸/, press: ['?'] },
      { shows: /quit/i, press: ['?'] },
      { shows: /▸/, press: ['r'] },
      { shows: /y\/n/, press: ['n'] },
      { shows: /Nothing was changed/, press: ['m'] },
      { shows: /minimal/, press: ['Escape'] },
      { shows: /▸/, press: ['/'] },
      { shows: /Services with/, press: ['t', 'r', 'a', 'Enter'] },
      { shows: /only "tr/, press: ['60x20'] },
      { shows: /^.{52}\d\d:\d\d:\d\d$/m, press: ['80x24'] },
      { shows: /^.{72}\d\d:\d\d:\d\d$/m, press: ['30x8'] },
      { shows: /too small/, press: ['140x40'] },
      { shows: /^.{132}\d\d:\d\d:\d\d$/m, press: ['q'] },
    ],
  },
  ...['C-c', 'SIGTERM', 'SIGKILL'].map((press) => ({
    name: `top-${press}`,
    line: 'sigctl top; stty -a | grep -o "[-]*icanon"',
    scenes: [{ shows: /3 of 3 healthy/, press: [press] }],
  })),
  { name: 'status-watch', line: 'sigctl status --watch', scenes: [{ shows: /trading/, press: ['C-c'] }] },
  {
    name: 'logs-follow-restart',
    line: '(sleep 1; sigctl restart trading) > /dev/null 2>&1 & sigctl logs trading -n 1 -f',
    scenes: [{ shows: /▲[\s\S]*PAPER/, press: ['C-c'] }],
  },
  { name: 'logs-follow', line: 'sigctl logs -n 2 -f', scenes: [{ shows: /trading/, press: ['C-c'] }] },
  {
    name: 'restore-asks',
    line: 'sigctl restore "$(ls -td backups/* | head -1)"',
    scenes: [{ shows: /\?/, press: ['n', 'Enter'] }],
  },
  { name: 'wait-interrupted', line: 'sigctl wait --for stopped', scenes: [{ shows: /./, press: ['C-c'] }] },
];

/** Something is wrong. */
const TROUBLE: readonly Step[] = [
  ...stepsOf(`
    kill-why             | kill -KILL $(cat .sigctl/run/trading.pid); sleep 4; sigctl why trading
    kill-history         | sigctl history trading -n 5
    frozen-status        | kill -STOP $(cat .sigctl/run/market-data.pid); sleep 1; sigctl status market-data; kill -CONT $(cat .sigctl/run/market-data.pid)
    port-taken           | sigctl stop website; node hold-port.cjs $PORT & sleep 0.5; sigctl start website; sigctl why website; kill $!
    port-status          | sigctl status
    mode-minimal         | sigctl mode minimal
    stop-one             | sigctl stop trading
    stop                 | sigctl stop
    stopped              | sigctl status
    stopped-why          | sigctl why trading
    typo-command         | sigctl strat
    typo-option          | sigctl status --chekc
    typo-service         | sigctl start tradign
    typo-mode            | sigctl mode standart
    typo-value           | sigctl logs --since yesterdy
    no-argument          | sigctl host add
    error-json           | sigctl start tradign --json
    manifest-missing     | sigctl -c nowhere.cjs status`),
  ...stepsOf('script-missing | sigctl start', 'missing'),
  ...stepsOf('manifest-invalid | sigctl start', 'invalid'),
  ...stepsOf(
    `
    crash                | sigctl start
    crash-status         | sigctl status
    crash-why            | sigctl why web
    crash-doctor         | sigctl doctor
    crash-alerts         | sigctl alerts
    crash-stop           | sigctl stop`,
    'crash',
  ),
];

/** One folder for each file that `init` knows. */
const INIT: readonly Step[] = ['package', 'procfile', 'compose', 'supervisord', 'pm2', 'pm2-json', 'empty'].flatMap(
  (folder) =>
    stepsOf(
      `
    init-${folder}-plan    | sigctl init --dry-run
    init-${folder}         | sigctl init; sigctl init
    init-${folder}-status  | sigctl status
    init-${folder}-doctor  | sigctl doctor`,
      folder,
    ),
);

export const STEPS: readonly Step[] = [
  ...[...HELP, ...WRONG, ...FRESH, ...MACHINE],
  ...[...RUNNING, ...INTERACTIVE, ...TROUBLE, ...SICK, ...INIT],
];
