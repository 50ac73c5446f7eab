import { type CheckDeps, NO_STACK } from '../check-deps.js';
import { type CheckFinding, info, notChecked, orOk } from '../report.js';

/** Apps that PM2 runs in its cluster mode, and what they go without. */
export function checkClusterApps({ stack }: CheckDeps): readonly CheckFinding[] {
  if (stack === undefined) return [notChecked(NO_STACK)];
  const names = stack.services.filter(({ kind }) => kind === 'cluster').map(({ name }) => name);
  return orOk(names.map(describeCluster), 'no cluster apps: every service runs behind the launcher');
}

function describeCluster(name: string) {
  return info({
    code: 'CLUSTER_APP',
    subject: name,
    evidence:
      'exec_mode "cluster" gives up the kernel lock (a second copy is not refused), the PID file, and the log of its own: its lines go through PM2, and it dies with PM2\'s daemon, after which the watchdog starts it again',
    mend: "exec_mode: 'fork' in the manifest, with instances on ports of their own",
  });
}
