import type { CheckDeps } from '../check-deps.js';
import { type CheckFinding, error, info, notChecked, ok } from '../report.js';
import { count } from '../words.js';

/** The manifest: all its faults, or what it says and has no effect. */
export function checkManifest({ manifest, stack, show }: CheckDeps): readonly CheckFinding[] {
  if (manifest.kind === 'faulty') {
    const known = stack === undefined ? '' : '\nThe other checks use the manifest as it was when it was last valid.';
    return [error({ code: manifest.code, evidence: `${manifest.message}${known}`, mend: manifest.hint })];
  }
  if (manifest.kind === 'unread') return [notChecked(manifest.why)];
  if (stack === undefined) return [ok('valid')];
  const notes = stack.notes.map((note) =>
    info({ code: 'MANIFEST_NOTE', subject: show(stack.manifestPath), evidence: note }),
  );
  return [ok(`valid, ${count(stack.services.length, 'service')}`), ...notes];
}
