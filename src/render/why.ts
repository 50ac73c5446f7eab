import type { ExitStory } from '../core/exit-story.js';
import { cleanText } from './clean-text.js';
import { renderLogTime } from './log-time.js';
import { createPaint, type Paint } from './paint.js';
import { wrapText } from './wrap.js';

export interface WhyStyle {
  /** Columns of the terminal. */
  readonly width: number;
  readonly colour: boolean;
}

const LABEL_COLUMNS = 8;
/** Lines longer than this are hard to read, however wide the terminal is. */
const MAX_COLUMNS = 120;

/** The story of each process: what and when, the cause, the circumstances, the last word, and what came next. */
export function renderStories(stories: readonly ExitStory[], nowMs: number, { width, colour }: WhyStyle): string {
  const paint = createPaint(colour);
  const columns = Math.min(width, MAX_COLUMNS);
  return stories.map((story) => renderStory(story, nowMs, { columns, paint })).join('\n\n');
}

interface Layout {
  readonly columns: number;
  readonly paint: Paint;
}

function renderStory(story: ExitStory, nowMs: number, layout: Layout): string {
  const { paint, columns } = layout;
  const at = story.atMs === null ? '' : ` (${renderLogTime(story.atMs, nowMs)})`;
  const of = story.of === null ? '' : `, ${story.of}`;
  const cause = story.cause === null ? null : `${story.cause}, by ${story.actor}: ${story.reason ?? ''}`;
  const said = story.kind === 'exited' ? (story.said ?? '(it printed nothing)') : story.said;
  const lines = [
    paint.bold(wrapText(oneLine(`${story.what}${at}${of}`), columns, '')),
    labelled('cause', cause, layout),
    labelled('stuck', story.stuck, layout),
    labelled('facts', story.facts === '' ? null : story.facts, layout),
    labelled('said', said, layout),
    labelled('next', story.sequel, layout),
  ].filter((line) => line !== undefined);
  if (story.next !== null) lines.push(`${' '.repeat(LABEL_COLUMNS)}${paint.cyan(`→ ${oneLine(story.next)}`)}`);
  return lines.join('\n');
}

function labelled(label: string, text: string | null, { columns, paint }: Layout): string | undefined {
  if (text === null) return undefined;
  const body = wrapText(oneLine(text), columns, ' '.repeat(LABEL_COLUMNS));
  return `  ${paint.dim(label.padEnd(LABEL_COLUMNS - 2))}${body.slice(LABEL_COLUMNS)}`;
}

function oneLine(text: string): string {
  return cleanText(text, false).replaceAll(/\s+/g, ' ');
}
