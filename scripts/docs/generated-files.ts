import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { commandsMarkdown } from './commands-markdown.js';
import { manPage } from './man-page.js';
import { readPages } from './read-pages.js';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Every file that `npm run docs` writes: its path in the repository, and the text that it has to have. */
export async function generatedFiles(): Promise<ReadonlyMap<string, string>> {
  const { version }: { version: string } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const pages = await readPages(version);
  return new Map([
    ['docs/commands.md', commandsMarkdown(pages)],
    ['docs/man/sigctl.1', manPage(pages, version)],
  ]);
}
