/** What no logger escapes in a text of JSON. */
const UNESCAPED = /[\w .:@-]+/g;

/**
 * A text that stands in every line with a field of this value: the longest part of it that every logger writes as it is.
 * `undefined` for a number, which loggers write in several ways, and where nothing is sure.
 */
export function literalOfValue(value: string): string | undefined {
  if (isNumber(value)) return undefined;
  const [longest] = (value.match(UNESCAPED) ?? []).sort((left, right) => right.length - left.length);
  return longest;
}

/**
 * What stands in every line with a field of this number, as every logger writes it: its digits (`42.0`, `"42"`), a power of ten
 * (`4.2e1`), or more digits than it has (`0.29999999999999999`). `undefined` when it is none, or too small or large for that.
 */
export function patternOfNumber(value: string): RegExp | undefined {
  if (!isNumber(value) || !/^-?\d+(?:\.\d+)?$/.test(value)) return undefined;
  // Only from the start of a run of digits: from each of them it would take five times as long.
  return new RegExp(`${value.replace('.', '\\.')}|\\d[eE][-+]?\\d|\\b[\\d.]{17}`, 'g');
}

/** Whether a field may be a number that reads like this; `007` and `5.0` can only be texts. */
function isNumber(value: string): boolean {
  return String(Number(value)) === value;
}
