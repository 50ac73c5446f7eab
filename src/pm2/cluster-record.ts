import type { ServiceSpec } from '../core/stack.js';

/** What PM2 counts up itself: in the environment they would be the same for all processes. */
const COUNTED = ['NODE_APP_INSTANCE', 'SIGCTL_INSTANCE'];

/**
 * The record of an app with `exec_mode: 'cluster'`, which PM2 runs itself: without lock, PID file of ours and direct log.
 * Its environment lies in the daemon's memory; its port is shared by its processes.
 */
export function clusterRecord(
  spec: ServiceSpec,
  env: Readonly<Record<string, string>>,
  logFile: string,
  { pm2Home, startId }: { readonly pm2Home: string; readonly startId: string },
): Readonly<Record<string, unknown>> {
  return {
    name: spec.name,
    namespace: spec.namespace ?? 'default',
    instances: spec.instances,
    exec_mode: 'cluster_mode',
    pm_exec_path: spec.script,
    exec_interpreter: spec.interpreter ?? 'node',
    node_args: [...spec.interpreterArgs],
    args: [...spec.args],
    pm_cwd: spec.cwd,
    pm_out_log_path: logFile,
    pm_err_log_path: logFile,
    pm_pid_path: `${pm2Home}/pids/${spec.name}.pid`,
    merge_logs: true,
    autostart: true,
    autorestart: spec.autorestart,
    kill_timeout: spec.killTimeoutMs,
    treekill: true,
    vizion: false,
    pmx: false,
    automation: false,
    instance_var: 'NODE_APP_INSTANCE',
    increment_var: 'SIGCTL_INSTANCE',
    // For scripts/services/cluster-journal.cjs.
    sigctl_start_id: startId,
    exp_backoff_restart_delay: spec.restart.backoffMinMs,
    max_restarts: spec.restart.breaker.exits,
    ...(spec.memoryLimitBytes === undefined ? {} : { max_memory_restart: spec.memoryLimitBytes }),
    ...(spec.cronRestart === undefined ? {} : { cron_restart: spec.cronRestart }),
    env: Object.fromEntries(Object.entries(env).filter(([name]) => !COUNTED.includes(name))),
  };
}
