import { Chalk, type ChalkInstance } from 'chalk';

export interface TopSize {
  readonly columns: number;
  readonly rows: number;
}

/** How a frame is drawn. */
export interface TopStyle {
  readonly size: TopSize;
  readonly colour: boolean;
}

/** A frame below this would show nothing that is of use. */
export const SMALLEST: TopSize = { columns: 40, rows: 12 };

export function painter(colour: boolean): ChalkInstance {
  return new Chalk({ level: colour ? 1 : 0 });
}

/** `── log of trading ─────`: the upper edge of a pane. */
export function rule(title: string, columns: number, paint: ChalkInstance): string {
  const text = `── ${title} `;
  return paint.dim(`${text}${'─'.repeat(Math.max(0, columns - text.length))}`);
}
