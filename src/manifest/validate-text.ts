import type { Stack } from '../core/stack.js';
import { loadManifestText } from './load-manifest.js';
import type { StackRequest } from './stack-snapshot.js';
import { createSurroundings } from './surroundings.js';

/**
 * The stack that a text would be as the file `request.manifestPath`, which need not exist. Writes nothing.
 *
 * @throws {SigctlError} `MANIFEST_INVALID`.
 */
export async function validateManifestText(
  text: string,
  request: Omit<StackRequest, 'home' | 'sigctlVersion'>,
): Promise<Stack> {
  const raw = loadManifestText(request.manifestPath, text);
  const { validateManifest } = await import('./validate-manifest.js');
  const around = createSurroundings(request.shellEnv);
  return validateManifest(raw, { ...request, around });
}
