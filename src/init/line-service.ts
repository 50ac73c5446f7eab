import { parseEnv } from 'node:util';
import type { PlannedService, SourceFolder } from './init-plan.js';
import type { LineCommand } from './shell-service.js';
import type { ShellVariable } from './shell-words.js';

/** What the tools of this kind wait between the signal and the kill; PM2's own 1.6 s is short for a service with open requests. */
export const STOP_WITHIN_MS = 10_000;
export const READY_WITHIN_MS = 30_000;

/** Variables that every service of sigctl has. */
const INHERITED = ['PATH', 'HOME', 'USER', 'LOGNAME', 'SHELL', 'LANG', 'LC_ALL', 'LC_CTYPE', 'TZ', 'TMPDIR', 'PWD'];

export interface LineServiceOptions {
  readonly name: string;
  /** For a `$PORT` that nothing gives a value. */
  readonly defaultPort: number;
  readonly folder: SourceFolder;
}

/** A service from one command of a shell line: what its shell will look up is let in, and its port is where it is ready. */
export function serviceOfCommand(
  found: LineCommand,
  { name, defaultPort, folder }: LineServiceOptions,
): PlannedService {
  const dotEnv = readDotEnv(folder);
  const env = { ...found.env };
  const usesPort = found.variables.some((variable) => variable.name === 'PORT');
  if (usesPort) env['PORT'] ??= dotEnv['PORT'] ?? fallbackOf('PORT', found.variables) ?? String(defaultPort);
  const port = found.port ?? (usesPort ? portNumber(env['PORT']) : undefined);
  const passEnv = [...new Set(found.variables.map((variable) => variable.name))].filter(
    (variable) =>
      !INHERITED.includes(variable) &&
      !variable.startsWith('SIGCTL_') &&
      (variable === 'PORT' || env[variable] === undefined),
  );
  return {
    name,
    command: found.command,
    ...(found.cwd === undefined ? {} : { cwd: found.cwd }),
    ...(Object.keys(env).length > 0 ? { env } : {}),
    ...(passEnv.length > 0 ? { passEnv } : {}),
    killTimeoutMs: STOP_WITHIN_MS,
    ...(port === undefined ? {} : { port, ready: { kind: 'tcp' as const, port, withinMs: READY_WITHIN_MS } }),
    notes: found.notes,
  };
}

/** The variables of `.env`, which foreman and compose read without being told. */
export function readDotEnv(folder: SourceFolder): Readonly<Record<string, string | undefined>> {
  return parseEnv(folder.read('.env') ?? '');
}

/**
 * Says PORT where a file of variables would: the file may be that of several services, and no two can have one port.
 *
 * @param isOwnFile The service reads its port from there; otherwise it has none, and PORT is emptied for it.
 */
export function withFilePort(service: PlannedService, folder: SourceFolder, isOwnFile: boolean): PlannedService {
  const texts = (service.envFiles ?? []).map((file) => parseEnv(folder.read(file) ?? '')['PORT']);
  const typed = texts.findLast((text) => portNumber(text) !== undefined);
  if (typed === undefined || service.env?.['PORT'] !== undefined) return service;
  return { ...service, env: { ...service.env, PORT: isOwnFile ? typed : '' } };
}

export function fallbackOf(name: string, variables: readonly ShellVariable[]): string | undefined {
  return variables.find((variable) => variable.name === name && variable.fallback !== undefined)?.fallback;
}

export function portNumber(text: string | undefined): number | undefined {
  const port = /^\d{1,5}$/.test(text ?? '') ? Number(text) : undefined;
  return port !== undefined && port >= 1 && port <= 65_535 ? port : undefined;
}
