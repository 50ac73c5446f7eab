import { leaf } from './leaf.js';
import { parseHttpPath } from './parse-entry.js';
import * as parse from './parse-value.js';

// The values that stand in several blocks of the manifest.

export const text = leaf(parse.parseText, 'text that is not empty');
export const flag = leaf(parse.parseFlag, 'true or false');
export const timeMs = leaf(
  parse.parseTimeMs,
  'a duration above zero such as 250ms, 30s or 2m (a bare number is milliseconds)',
);
export const delayMs = leaf(parse.parseDelayMs, 'a duration such as 250ms, 30s or 2m (a bare number is milliseconds)');
export const port = leaf(parse.parsePort, 'a port from 1 to 65535');
export const count = leaf(parse.parseCount, 'a whole number of at least 1');
export const pattern = leaf(parse.parsePattern, 'a regular expression without flags');
export const httpPath = leaf(parseHttpPath, 'a path that begins with / (the host is always 127.0.0.1)');
