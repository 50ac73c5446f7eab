import { type Step, stepsOf } from './step.js';

/** Each command typed wrongly, or asked for what cannot be. Nothing was ever started. */
export const WRONG: readonly Step[] = stepsOf(`
    wrong-none           | sigctl
    wrong-version        | sigctl --version
    wrong-help           | sigctl help confg
    wrong-top-pipe       | sigctl top | cat
    wrong-start          | sigctl start --only --with-deps website
    wrong-stop           | sigctl stop webiste
    wrong-restart        | sigctl restart --changd
    wrong-restart-wait   | sigctl restart --wait soon
    wrong-reload         | sigctl reload
    wrong-recover        | sigctl recover webiste
    wrong-status         | sigctl status --watch --interval 1x
    wrong-wait           | sigctl wait --for happy
    wrong-mode           | sigctl mode --dry-run
    wrong-logs           | sigctl logs webite
    wrong-logs-grep      | sigctl logs --grep '(order'
    wrong-logs-level     | sigctl logs --level loud
    wrong-logs-lines     | sigctl logs -n many
    wrong-logs-field     | sigctl logs --field symbol
    wrong-logs-until     | sigctl logs --follow --until 1m
    wrong-why            | sigctl why tradng
    wrong-history        | sigctl history --kind exitt
    wrong-history-time   | sigctl history --since 1h --until 2h
    wrong-backup         | sigctl backup --keep 0
    wrong-backup-to      | sigctl backup --to /proc/none
    wrong-restore        | sigctl restore no-such-backup --dry-run
    wrong-doctor         | sigctl doctor --fx
    wrong-config         | sigctl config web
    wrong-env            | sigctl env
    wrong-env-service    | sigctl env web
    wrong-alerts         | sigctl alerts send
    wrong-host           | sigctl host remove staging
    wrong-host-address   | sigctl host add prod 'not an address'
    wrong-host-name      | sigctl @staging status
    wrong-deploy         | sigctl deploy
    wrong-startup        | sigctl startup --user --cron
    wrong-unstartup      | sigctl unstartup --sytem
    wrong-init           | sigctl init --from Procfle
    wrong-completion     | sigctl completion tcsh
    wrong-json           | sigctl mode standart --json
    wrong-argument       | sigctl doctor website`);
