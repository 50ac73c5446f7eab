import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { commandsMarkdown } from './commands-markdown.js';
import { manPage } from './man-page.js';
import { type CommandPage, readPages } from './read-pages.js';
import { hasDocuments, schemaOf } from './shapes/documents.js';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Every file that `npm run docs` writes: its path in the repository, and the text that it has to have. */
export async function generatedFiles(): Promise<ReadonlyMap<string, string>> {
  const { version }: { version: string } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const pages = await readPages(version);
  return new Map([
    ['docs/commands.md', commandsMarkdown(pages)],
    ['docs/man/sigctl.1', manPage(pages, version)],
    ...pages.commands.filter(printsJson).map(schemaFile),
  ]);
}

function printsJson({ options }: CommandPage): boolean {
  return options.some(({ name }) => name === '--json');
}

/** @throws {Error} A command whose `--json` is not described. */
function schemaFile({ name }: CommandPage): readonly [path: string, text: string] {
  if (!hasDocuments(name)) throw new Error(`No shape of "sigctl ${name} --json" in scripts/docs/shapes/documents.ts`);
  return [`docs/schemas/${name}.schema.json`, `${JSON.stringify(schemaOf(name, 'open'), null, 2)}\n`];
}
