import { type Draft, draftExample, draftManifest } from './draft-manifest.js';
import type { SourceFolder } from './init-plan.js';
import { noService, sourceBroken } from './source-error.js';
import { formatOf, type SourceFormat, SUPPORTED } from './source-format.js';

export interface SourceFile {
  /** As it is told to the operator: its path from the current folder. */
  readonly name: string;
  readonly text: string;
  /** Where it lies, seen from the manifest's folder. */
  readonly fromManifest: string;
  readonly folder: SourceFolder;
}

export interface SourceDraft extends Draft {
  /** `undefined`: nothing was found, and the draft is the example. */
  readonly source: string | undefined;
  readonly format: SourceFormat | 'example';
  /** Other files that it could have been made from. */
  readonly others: readonly string[];
}

/** @throws {SigctlError} `INIT_SOURCE_BROKEN`, `INIT_NO_SERVICE`. */
export async function draftFromFile(file: SourceFile): Promise<SourceDraft> {
  const draft = await draftOne(file);
  if (draft.count === 0 && draft.format !== 'pm2') throw noService(file.name, reasonsOf(draft));
  return draft;
}

/**
 * The draft from the first file that has a service; the others are named. Without any, the example.
 *
 * @param files In the order of preference.
 * @throws {SigctlError} `INIT_SOURCE_BROKEN`: a file that cannot be read is not passed over in silence.
 */
export async function draftFromFiles(files: readonly SourceFile[]): Promise<SourceDraft> {
  const passedOver: string[] = [];
  for (const [index, file] of files.entries()) {
    const draft = await draftOne(file);
    if (draft.count > 0 || draft.format === 'pm2') {
      const others = files.slice(index + 1).map(({ name }) => name);
      return { ...draft, others, notes: [...passedOver, ...draft.notes] };
    }
    passedOver.push(
      `${file.name} has no service to take over${reasonsOf(draft)
        .map((reason) => `; ${reason}`)
        .join('')}`,
    );
  }
  const example = draftExample();
  return { ...example, source: undefined, format: 'example', others: [], notes: [...passedOver, ...example.notes] };
}

async function draftOne(file: SourceFile): Promise<SourceDraft> {
  const format = formatOf(file.name, file.text);
  if (format === undefined) throw sourceBroken(file.name, `it is none of ${SUPPORTED}`);
  if (format === 'pm2' && file.fromManifest !== '.') {
    throw sourceBroken(file.name, 'a PM2 file is taken over in its own folder: go there, and try again');
  }
  const draft = await draftManifest({
    source: file.name,
    format,
    text: file.text,
    folder: file.folder,
    sourceFolder: file.fromManifest,
  });
  return { ...draft, source: file.name, format, others: [] };
}

function reasonsOf(draft: Draft): readonly string[] {
  return [...draft.leftOut.map(({ name, reason }) => `${name}: ${reason}`), ...draft.notes];
}
