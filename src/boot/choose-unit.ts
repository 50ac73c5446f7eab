import { existsSync, readFileSync } from 'node:fs';
import { type BootTarget, homeOfUnit, type UnitScope, unitName } from '../core/boot-unit.js';
import { homeDigest } from '../process/home-digest.js';
import { unitPath } from './systemd.js';

export interface ChosenUnit {
  readonly path: string;
  /** The home of another stack of this name that has the plain name, so that ours has one of its own. */
  readonly namesake: string | undefined;
}

/**
 * The unit of this very stack: the one that names its home, else the plain name while nobody has it, else a name with six digits of the
 * home's own. A unit that names no home was written by somebody else, and is left alone like another stack's.
 */
export function chooseUnit(target: BootTarget, scope: UnitScope, configHome: string): ChosenUnit {
  const [plain, own] = [unitName(target), unitName(target, homeDigest(target.home))].map((name) =>
    unitPath(name, scope, configHome),
  ) as [string, string];
  if (isOf(own, target) || (existsSync(plain) && !isOf(plain, target)))
    return { path: own, namesake: existsSync(plain) ? readHome(plain) : undefined };
  return { path: plain, namesake: undefined };
}

function isOf(path: string, { home }: BootTarget): boolean {
  return existsSync(path) && readHome(path) === home;
}

function readHome(path: string): string | undefined {
  return homeOfUnit(readFileSync(path, 'utf8'));
}
