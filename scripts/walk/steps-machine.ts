import { type Step, stepsOf } from './step.js';

/** `tools/` holds a crontab, a systemctl and a loginctl that keep what they are given; those of `broken-tools/` fail. */
const TOOLS = 'PATH="$WALK/tools:$PATH"';
const BROKEN_TOOLS = 'PATH="$WALK/broken-tools:$PATH"';

/** What sigctl does to the machine: units, the crontab, completions. */
export const MACHINE: readonly Step[] = stepsOf(`
    startup-cron         | ${TOOLS} sigctl startup --cron
    startup-cron-again   | ${TOOLS} sigctl startup --cron
    unstartup-cron       | ${TOOLS} sigctl unstartup --cron
    unstartup-cron-again | ${TOOLS} sigctl unstartup --cron
    startup-user         | ${TOOLS} sigctl startup --user
    startup-user-json    | ${TOOLS} sigctl startup --user --json
    unstartup-user       | ${TOOLS} sigctl unstartup --user
    unstartup-user-again | ${TOOLS} sigctl unstartup --user
    startup-broken       | ${BROKEN_TOOLS} sigctl startup --user
    startup-print        | sigctl startup --print
    startup-print-user   | sigctl startup --print --user
    startup-print-system | sigctl startup --print --system
    startup-print-cron   | sigctl startup --print --cron
    startup-no-cron      | PATH="$WALK/bin" $NODE "$WALK/bin/sigctl" startup --cron
    unstartup-no-cron    | PATH="$WALK/bin" $NODE "$WALK/bin/sigctl" unstartup --cron
    completion-bash      | sigctl completion bash
    completion-zsh       | sigctl completion zsh
    completion-fish      | sigctl completion fish
    completion-install   | sigctl completion install --shell bash
    completion-again     | sigctl completion install --shell bash
    completion-to-zsh    | sigctl completion install --shell zsh
    completion-to-fish   | sigctl completion install --shell fish
    completion-taken     | echo mine > ~/.zfunc/_sigctl; sigctl completion install --shell zsh`);

const DEPLOY = 'sigctl deploy @vps --install "ln -s $WALK/modules node_modules"';

/** A host behind an sshd of the walk's own, and a project that is put there; left out where there is no sshd. */
export const REMOTE: readonly Step[] = [
  ...stepsOf(
    `
    vps-add              | sigctl host add vps "vps:$WALK/srv"
    vps-status-empty     | sigctl @vps status
    deploy-plan          | ${DEPLOY} --dry-run
    deploy               | ${DEPLOY}
    vps-status           | sigctl @vps status
    vps-status-one       | sigctl @vps status web
    vps-logs             | sigctl @vps logs -n 2
    vps-wrong            | sigctl @vps start webb
    vps-all-hosts        | sigctl host add dead dead:/srv/app; sigctl status --all-hosts
    vps-all-hosts-json   | sigctl status --all-hosts --json
    deploy-outcome       | sigctl deploy @vps --outcome
    deploy-second        | echo two > release; ${DEPLOY}
    deploy-rollback      | sigctl deploy @vps --rollback
    deploy-crash         | echo crash > release; ${DEPLOY}
    deploy-sick          | echo sick > release; ${DEPLOY} --gate 4s
    deploy-no-build      | echo three > release; ${DEPLOY} --build 'echo no compiler here; exit 1'
    deploy-no-release    | sigctl deploy @vps --git v9.9
    deploy-json          | ${DEPLOY} --json
    deploy-dead          | sigctl deploy @dead
    vps-history          | sigctl @vps history -n 6
    vps-stop             | sigctl @vps stop`,
    'shipped',
  ),
  {
    name: 'deploy-interrupted',
    line: `echo four > release; ${DEPLOY} --build 'sleep 30'`,
    folder: 'shipped',
    scenes: [{ shows: /build/, press: ['C-c'] }],
  },
];
