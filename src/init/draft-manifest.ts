import { assertNever } from '../core/assert-never.js';
import { parseCompose } from './compose.js';
import { EXAMPLE } from './example.js';
import type { InitPlan, LeftOut, SourceFolder } from './init-plan.js';
import { parsePackageScripts } from './package-scripts.js';
import { commentPm2File } from './pm2-file.js';
import { parseProcfile } from './procfile.js';
import { readYaml } from './read-yaml.js';
import { renderManifest } from './render-manifest.js';
import { settleServices } from './settle-services.js';
import { sourceBroken } from './source-error.js';
import type { SourceFormat } from './source-format.js';
import { parseSupervisord } from './supervisord.js';

export interface DraftRequest {
  /** Name of the file, for messages and comments. */
  readonly source: string;
  readonly format: SourceFormat;
  readonly text: string;
  readonly folder: SourceFolder;
  /** Where the source lies, seen from the manifest; `.` when they are side by side. */
  readonly sourceFolder: string;
}

/** A manifest that is not validated yet. */
export interface Draft {
  readonly text: string;
  /** How many services were found. */
  readonly count: number;
  readonly leftOut: readonly LeftOut[];
  /** One sentence each, with the service's name in front where it is about one. */
  readonly notes: readonly string[];
}

/** Beyond, it is no such file: a Procfile of a thousand programs is no stack for one machine. */
export const MAX_SOURCE_CHARACTERS = 256 * 1024;

/** @throws {SigctlError} `INIT_SOURCE_BROKEN`. */
export async function draftManifest(request: DraftRequest): Promise<Draft> {
  const text = normalText(request.text, request.source);
  if (request.format === 'pm2') {
    const { text: commented, apps, notes } = await commentPm2File(text, request.source);
    return { text: commented, count: apps, leftOut: [], notes };
  }
  const plan = settleServices(await parse(request.format, text, request));
  const placed = { ...plan, services: plan.services.map((service) => placeIn(request.sourceFolder, service)) };
  return draftOf(placed, request.source);
}

/** The manifest for a folder in which nothing was found. */
export function draftExample(): Draft {
  return draftOf(EXAMPLE, undefined);
}

function draftOf(plan: InitPlan, source: string | undefined): Draft {
  const own = plan.services.flatMap(({ name, notes }) => notes.map((note) => `${name}: ${note}`));
  return {
    text: renderManifest(plan, { source }),
    count: plan.services.length,
    leftOut: plan.leftOut,
    notes: [...plan.notes, ...own],
  };
}

async function parse(
  format: Exclude<SourceFormat, 'pm2'>,
  text: string,
  { folder, source }: DraftRequest,
): Promise<InitPlan> {
  switch (format) {
    case 'procfile':
      return parseProcfile(text, folder);
    case 'compose':
      return parseCompose(await readYaml(text, source), folder, source);
    case 'supervisord':
      return parseSupervisord(text, folder);
    case 'package':
      return parsePackageScripts(text, folder);
    default:
      return assertNever(format, 'source format');
  }
}

/** Without byte order mark and carriage returns. Text with a NUL is no text. */
function normalText(text: string, source: string): string {
  if (text.length > MAX_SOURCE_CHARACTERS) throw sourceBroken(source, 'it is larger than 256 KB');
  if (text.includes('\0')) throw sourceBroken(source, 'it is no text');
  return text.replace(/^\ufeff/, '').replaceAll(/\r\n?/g, '\n');
}

/** Relative paths of the source begin at its own folder. */
function placeIn(folder: string, service: InitPlan['services'][number]): InitPlan['services'][number] {
  const place = (path: string): string => (path.startsWith('/') || folder === '.' ? path : `${folder}/${path}`);
  const { cwd = folder, envFiles } = service;
  return {
    ...service,
    ...(cwd === '.' ? {} : { cwd: cwd === folder ? folder : place(cwd) }),
    ...(envFiles === undefined ? {} : { envFiles: envFiles.map(place) }),
  };
}
