import { lstatSync, realpathSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { canCollapseRange } from '../../process/collapse-range.js';

/**
 * How a log can be rotated where it lies: `in-place` (head cut off, ext4 and xfs) and `rename` (the writer opens a new file)
 * lose nothing; `copy` (copy and truncate) may lose lines that are written at that moment.
 */
export type RotationMethod = 'in-place' | 'rename' | 'copy';

/** Finds the first method that works for a log, and remembers which file systems can cut heads off. */
export class MethodChooser {
  readonly #collapsibleDevices = new Set<number>();

  /** @param reopens Whether the log's writer opens it anew when its file was renamed. @throws Error when that cannot be found out now (ENOSPC). */
  async choose(livePath: string, reopens: boolean): Promise<RotationMethod> {
    const { dev } = statSync(livePath);
    if (this.#collapsibleDevices.has(dev)) return 'in-place';
    if (await canCollapseRange(dirname(realpathSync(livePath)))) {
      this.#collapsibleDevices.add(dev);
      return 'in-place';
    }
    // A link is the operator's, and its target may lie on another disk: it cannot be given another name here.
    return reopens && lstatSync(livePath).isFile() ? 'rename' : 'copy';
  }
}
