import { type Step, stepsOf } from './step.js';

/** A stack in which each service has another trouble, and alerts that nobody takes. */
export const SICK: readonly Step[] = [
  ...stepsOf(
    `
    sick-start           | sigctl start
    sick-status          | sleep 5; sigctl status
    sick-quiet           | sigctl status --check --quiet
    sick-hung            | sigctl status hung
    sick-stale           | sigctl status stale
    sick-unhealthy       | sigctl status unhealthy
    sick-degraded        | sigctl status fat
    sick-once            | sigctl status once
    sick-why-hung        | sigctl why hung
    sick-why-once        | sigctl why once
    sick-why-watchdog    | sigctl why watchdog
    sick-why-pm2         | sigctl why pm2
    sick-start-down      | sigctl status bad
    sick-wait            | sigctl wait --timeout 1s
    sick-wait-one        | sigctl wait hung --timeout 0
    sick-doctor          | sigctl doctor
    sick-history         | sigctl history -n 8
    sick-alerts          | sigctl alerts
    sick-alerts-test     | sigctl alerts test
    sick-alerts-retry    | sigctl alerts retry
    sick-alerts-clear    | sigctl alerts clear
    sick-mode-rollback   | sigctl mode bad --rollback-on-failure
    sick-mode-fails      | sigctl mode bad
    sick-recover         | sigctl recover
    sick-config-same     | sigctl config --diff
    sick-config-diff     | sed -i "s/kill_timeout: 900/kill_timeout: 700/" ecosystem.config.cjs; sigctl config --diff
    sick-config-check    | sigctl config --diff --check > /dev/null
    sick-start-changed   | sigctl start fat
    sick-restart-changed | sigctl restart --changed
    sick-restart-none    | sigctl restart --changed
    sick-orphan          | kill -KILL $(sigctl status --json | $NODE -pe 'JSON.parse(require("fs").readFileSync(0)).daemon.pid'); sleep 1; sigctl status
    sick-why-orphan      | sigctl why fat
    sick-stopped-wait    | sigctl stop; sigctl wait --for stopped --timeout 5s`,
    'sick',
  ),
  ...stepsOf(
    `
    slow-locked          | sigctl start > /dev/null 2>&1 & sleep 1; sigctl stop --wait 0; sigctl status; kill -INT $!; wait; sigctl stop
    slow-timeout         | sigctl start quick
    slow-stop            | sigctl stop`,
    'slow',
  ),
  {
    name: 'slow-interrupted',
    line: 'sigctl start slow; sigctl stop',
    folder: 'slow',
    scenes: [{ shows: /starting slow/, press: ['C-c'] }],
  },
];
