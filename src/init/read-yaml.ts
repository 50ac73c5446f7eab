import { sourceBroken } from './source-error.js';

/**
 * The value of a YAML 1.2 file, merge keys (`<<`) resolved. Loads the parser only now.
 *
 * @throws {SigctlError} `INIT_SOURCE_BROKEN`, naming the line.
 */
export async function readYaml(text: string, source: string): Promise<unknown> {
  // By its default export: of a bundled CommonJS package a lazy import has no other.
  const { default: yaml } = await import('yaml');
  // Its pretty messages quote the line, which may hold a secret.
  const document = yaml.parseDocument(text, { merge: true, prettyErrors: false, logLevel: 'silent' });
  const [fault] = document.errors;
  if (fault !== undefined) {
    const line = text.slice(0, fault.pos[0]).split('\n').length;
    throw sourceBroken(source, `line ${line} is no YAML (${fault.code.toLowerCase().replaceAll('_', ' ')})`);
  }
  try {
    // Aliases that would multiply into millions of nodes are refused here.
    return document.toJS({ maxAliasCount: 100 });
  } catch {
    throw sourceBroken(source, 'its aliases refer to themselves, to nothing, or to too much');
  }
}
