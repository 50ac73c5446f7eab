import { basename, extname } from 'node:path';
import { describeFound } from './describe-found.js';
import type { ShapeFault } from './parse-shape.js';
import type { AppEntry } from './schema.js';

/** Names become file names and arguments of commands. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const RESERVED = ['watchdog', 'pm2', 'all', 'stack'];

/** `name`, else the script's file name without its extension, as in PM2; `undefined` without both. */
export function typedName(app: AppEntry): string | undefined {
  if (app.name !== undefined || app.script === undefined) return app.name;
  return basename(app.script, extname(app.script));
}

export function checkName(name: string | undefined): ShapeFault[] {
  if (name === undefined) return [];
  const fault = (expected: string): ShapeFault[] => [{ path: ['name'], found: describeFound(name), expected }];
  if (!NAME.test(name)) return fault('up to 64 letters, digits, dots, dashes and underscores, a letter or digit first');
  return RESERVED.includes(name) ? fault(`a name other than ${RESERVED.join(', ')}, which sigctl uses itself`) : [];
}
