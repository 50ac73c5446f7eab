import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

export interface Bundle {
  /** Holds `<name>.mjs` of each program. */
  readonly folder: string;
  readonly remove: () => void;
}

/** Bundles programs as the package is bundled, so that dozens of processes start without a compiler each. @param programs File by name. */
export async function bundle(programs: Readonly<Record<string, string>>): Promise<Bundle> {
  const folder = mkdtempSync(join(tmpdir(), 'sigctl-bundle-'));
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  cpSync(join(ROOT, 'src/store/migrations'), join(folder, 'migrations'), { recursive: true });
  await build({
    entryPoints: Object.entries(programs).map(([name, file]) => ({ in: join(ROOT, file), out: name })),
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    logLevel: 'error',
  });
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }) };
}
