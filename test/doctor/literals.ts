import type { Finding } from '../../src/core/finding.js';
import type { CheckDeps } from '../../src/doctor/check-deps.js';
import { createFacts } from '../../src/doctor/facts.js';
import { homePaths } from '../../src/process/home.js';

/** What a check of a project without any state sees. */
export function makeDeps(root: string, rest: Partial<CheckDeps> = {}): CheckDeps {
  const paths = homePaths(root, `${root}/.sigctl`);
  const nowMs = () => Date.now();
  return {
    manifest: { kind: 'valid' },
    stack: undefined,
    paths,
    nowMs,
    versions: { node: '22.1.0', nodeRange: '>=20.19', pm2: '7.0.4', pm2Range: '^7.0.4' },
    flock: '/usr/bin/flock',
    searchPath: '/usr/bin:/bin',
    show: (path) => path.replace(`${root}/`, ''),
    facts: createFacts(undefined, paths, nowMs),
    ...rest,
  };
}

export function makeFinding(rest: Partial<Finding>): Finding {
  return {
    check: 'ports',
    severity: 'error',
    code: 'PORT_HELD',
    subject: 'web',
    evidence: 'port 3001 is held by pid 812 (nc -l 3001)',
    mend: 'kill 812',
    remedy: null,
    ...rest,
  };
}

/** `error PORT_HELD`, for short. */
export function brief(findings: readonly Pick<Finding, 'severity' | 'code'>[]): readonly string[] {
  return findings.map(({ severity, code }) => `${severity} ${code}`);
}
