import type { ServiceReport } from './service-report.js';

/** What `sigctl wait` waits for. */
export const WAIT_GOALS = ['healthy', 'stopped'] as const;
export type WaitGoal = (typeof WAIT_GOALS)[number];

/** How far the processes are from a goal. */
export interface WaitState {
  readonly reached: boolean;
  /** Those that are not there, each with why in words. */
  readonly missing: readonly { readonly key: string; readonly why: string }[];
  /** It cannot come true by itself: somebody has to do something first. */
  readonly hopeless: boolean;
}

/**
 * Whether every process has reached the goal. Pure.
 *
 * `healthy` counts the services that should run (a oneshot service that completed has reached it); of services that were named,
 * all of them. Where nothing should run, nothing is healthy.
 *
 * @param named The services were named, so that one which should not run is missing too.
 */
export function judgeWait(reports: readonly ServiceReport[], goal: WaitGoal, named: boolean): WaitState {
  const concerned = goal === 'stopped' || named ? reports : reports.filter((report) => report.wanted);
  const missing = concerned
    .filter((report) => !hasReached(report, goal))
    .map(({ key, verdict, reason }) => ({ key, why: reason === verdict ? verdict : `${verdict}, ${reason}` }));
  if (concerned.length === 0) {
    return { reached: goal === 'stopped', missing: [], hopeless: false };
  }
  return {
    reached: missing.length === 0,
    missing,
    hopeless: goal === 'healthy' && concerned.some(({ verdict }) => verdict === 'crash-loop'),
  };
}

function hasReached({ verdict, wanted }: ServiceReport, goal: WaitGoal): boolean {
  if (goal === 'stopped') return verdict === 'stopped';
  return verdict === 'healthy' || (verdict === 'stopped' && wanted);
}
