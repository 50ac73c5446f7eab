/** What a source can be. */
export type SourceFormat = 'procfile' | 'compose' | 'supervisord' | 'package' | 'pm2';

/** Files that are looked for without `--from`, the likeliest description of what runs first. */
export const KNOWN_SOURCES = [
  'Procfile',
  'docker-compose.yml',
  'docker-compose.yaml',
  'compose.yml',
  'compose.yaml',
  'supervisord.conf',
  'pm2.config.cjs',
  'pm2.config.js',
  'pm2.config.json',
  'pm2.json',
  'process.json',
  'package.json',
] as const;

/** Names under which PM2 looks for its own files, and sigctl for its manifest (the first two). */
export const PM2_NAMES = [
  'ecosystem.config.cjs',
  'ecosystem.config.js',
  'ecosystem.config.mjs',
  'ecosystem.config.json',
  'ecosystem.config.yml',
  'ecosystem.config.yaml',
] as const;

export const SUPPORTED =
  'a Procfile, docker-compose.yml, supervisord.conf, package.json, or a PM2 file (ecosystem.config.js, .json, .yml)';

/** By the file's name, else by what stands in it; `undefined`: none that is known. */
export function formatOf(path: string, text: string): SourceFormat | undefined {
  const name = path.split('/').at(-1) ?? path;
  if (/^Procfile(?:\.|$)/i.test(name)) return 'procfile';
  if (name === 'package.json') return 'package';
  if (/\.(?:js|cjs|mjs|json)$/.test(name)) return 'pm2';
  if (/\.ya?ml$/.test(name)) return /^apps\s*:/m.test(text) && !/^services\s*:/m.test(text) ? 'pm2' : 'compose';
  if (/\.(?:conf|ini)$/.test(name) || /^\[program:/m.test(text)) return 'supervisord';
  return /^[\w-]+:\s*\S/m.test(text) ? 'procfile' : undefined;
}
