import { parseDuration } from '../core/duration.js';
import { type Block, isBlock, textOf, textsOf } from './record.js';
import type { Template, TemplatePiece } from './template.js';

const PIECE = /\$\$|\$\{([A-Za-z_]\w*)(?:(:?[-?+])((?:[^{}]|\{[^{}]*\})*))?\}|\$([A-Za-z_]\w*)/g;

/** Compose fills in `$NAME` and `${NAME:-default}` everywhere before it reads a value; `$$` is a `$`. */
export function interpolation(text: string): Template {
  const pieces: TemplatePiece[] = [];
  let at = 0;
  for (const match of text.matchAll(PIECE)) {
    if (match.index > at) pieces.push({ kind: 'text', text: text.slice(at, match.index) });
    const name = match[1] ?? match[4];
    if (name === undefined) pieces.push({ kind: 'text', text: '$' });
    else
      pieces.push({
        kind: 'variable',
        variable: match[2]?.endsWith('-') ? { name, fallback: match[3] ?? '' } : { name },
      });
    at = match.index + match[0].length;
  }
  return at < text.length ? [...pieces, { kind: 'text', text: text.slice(at) }] : pieces;
}

/** `512m`, `1.5gb`, `1024` (bytes) as in compose's byte values. */
export function composeBytes(value: unknown): number | undefined {
  const [, amount, unit = ''] = /^(\d+(?:\.\d+)?)\s*([bkmg]?)b?$/i.exec(textOf(value)?.trim() ?? '') ?? [];
  if (amount === undefined) return undefined;
  const factor = { k: 1024, m: 1024 ** 2, g: 1024 ** 3 }[unit.toLowerCase()] ?? 1;
  return Math.round(Number(amount) * factor);
}

/** `1m30s`, `500ms` to milliseconds. */
export function composeDuration(value: unknown): number | undefined {
  const parts = /^(?:\d+(?:\.\d+)?(?:ms|h|m|s))+$/.test(textOf(value) ?? '')
    ? textOf(value)?.match(/[\d.]+(?:ms|h|m|s)/g)
    : null;
  return parts?.reduce((sum, part) => sum + (parseDuration(part) ?? 0), 0);
}

/** `KEY: value` or `- KEY=value`; `undefined` as a value: taken from the shell. */
export function composeEnvironment(value: unknown): readonly (readonly [string, string | undefined])[] {
  if (isBlock(value)) return Object.entries(value).map(([key, entry]) => [key, textOf(entry)] as const);
  return textsOf(value).map((entry) => {
    const at = entry.indexOf('=');
    return at < 0 ? ([entry, undefined] as const) : ([entry.slice(0, at), entry.slice(at + 1)] as const);
  });
}

export interface PublishedPort {
  /** Where the program itself listens. */
  readonly target: number;
  /** Where the outside found it; `undefined`: anywhere. */
  readonly published: number | undefined;
}

/** `"8000"`, `"80:8000"`, `"127.0.0.1:80:8000/tcp"`, `{ target, published }`. Ranges and UDP are none that one process has. */
export function composePorts(value: unknown): readonly PublishedPort[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((entry: unknown): PublishedPort[] => {
    const text = isBlock(entry) ? blockPort(entry) : (textOf(entry) ?? '');
    const plain = text.replaceAll(/\$\{\w+:?-(\d+)\}/g, '$1').replace(/\/tcp$/, '');
    const [, published, target] = /^(?:.*:)?(?:(\d+):)?(\d+)$/.exec(plain) ?? [];
    if (target === undefined || Number(target) < 1 || Number(target) > 65_535) return [];
    return [
      { target: Number(target), published: published === undefined ? publishedBefore(plain) : Number(published) },
    ];
  });
}

/** The greedy front of the pattern takes `80` of `80:8000` with it. */
function publishedBefore(text: string): number | undefined {
  const published = /(?:^|:)(\d+):\d+$/.exec(text)?.[1];
  return published === undefined ? undefined : Number(published);
}

function blockPort(entry: Block): string {
  if ((textOf(entry['protocol']) ?? 'tcp') !== 'tcp') return '';
  const published = textOf(entry['published']);
  return `${published === undefined ? '' : `${published}:`}${textOf(entry['target']) ?? ''}`;
}
