import { type CheckDeps, NO_STACK } from '../check-deps.js';
import { type CheckFinding, info, notChecked, ok } from '../report.js';
import { count, listSome } from '../words.js';

/** Services that may take all the memory there is. */
export function checkMemoryLimits({ stack }: CheckDeps): readonly CheckFinding[] {
  if (stack === undefined) return [notChecked(NO_STACK)];
  return [judgeMemoryLimits(stack.services)];
}

export function judgeMemoryLimits(
  services: readonly { readonly name: string; readonly memoryLimitBytes: number | undefined }[],
): CheckFinding {
  const unlimited = services.filter((spec) => spec.memoryLimitBytes === undefined).map(({ name }) => name);
  if (unlimited.length === 0) return ok('every service has a memory limit');
  return info({
    code: 'NO_MEMORY_LIMIT',
    evidence: `${count(unlimited.length, 'service')} without a memory limit: ${listSome(unlimited)}. A leak takes the whole machine with it`,
    mend: "max_memory_restart: '512M' in the manifest, then sigctl restart",
  });
}
