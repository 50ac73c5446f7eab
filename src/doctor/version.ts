/** Whether a version is the same as another or newer; what follows the three numbers (`-rc.1`) does not count. Pure. */
export function atLeast(version: string, floor: string): boolean {
  const [left, right] = [numbers(version), numbers(floor)];
  for (const [index, wanted] of right.entries()) {
    const have = left[index] ?? 0;
    if (have !== wanted) return have > wanted;
  }
  return true;
}

/** Whether a version is within `^7.0.4`: not older, and of the same major version. */
export function withinCaret(version: string, range: string): boolean {
  const floor = range.replace(/^\^/, '');
  return atLeast(version, floor) && numbers(version)[0] === numbers(floor)[0];
}

function numbers(version: string): readonly number[] {
  return (/^\d+(?:\.\d+){0,2}/.exec(version)?.[0] ?? '0').split('.').map(Number);
}
