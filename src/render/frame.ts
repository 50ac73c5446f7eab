export interface FrameSize {
  readonly columns: number;
  readonly rows: number;
}

const CLEAR_REST_OF_LINE = '\u001b[K';
const CLEAR_BELOW = '\u001b[J';
const HOME = '\u001b[H';
/** Terminals that know it show all of a frame at once; others ignore it. */
const BEGIN_UPDATE = '\u001b[?2026h';
const END_UPDATE = '\u001b[?2026l';

/**
 * Text as one repaint of the whole screen. It is written over what stands there, so nothing flickers. What does not fit
 * below is told in the last line; what does not fit to the right is cut by the terminal, whose wrapping is off.
 */
export function paintFrame(text: string, { rows }: FrameSize): string {
  const lines = text.split('\n');
  const shown = lines.length <= rows ? lines : [...lines.slice(0, rows - 1), `… ${lines.length - rows + 1} more lines`];
  return `${BEGIN_UPDATE}${HOME}${shown.map((line) => line + CLEAR_REST_OF_LINE).join('\r\n')}${CLEAR_BELOW}${END_UPDATE}`;
}
