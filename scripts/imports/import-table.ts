/** What the files of one area may import. `folders` are areas of `src/`; an area may always import itself. */
export interface ImportRule {
  readonly folders: readonly string[];
  readonly packages: readonly string[];
  /** Whether node's own modules are allowed. */
  readonly node: boolean;
}

/** The table of docs/architecture.md §3. An area is a folder of `src/`, a file directly in it, or `services/<name>`. */
export const IMPORT_TABLE: Readonly<Record<string, ImportRule>> = {
  core: rule([], [], { node: false }),
  'errors.ts': rule([], [], { node: false }),
  commands: rule(['core', 'errors.ts', 'render'], ['commander']),
  manifest: rule(['core', 'errors.ts'], ['zod']),
  pm2: rule(['core', 'errors.ts'], ['pm2']),
  process: rule(['core', 'errors.ts']),
  store: rule(['core', 'errors.ts'], ['better-sqlite3']),
  backup: rule(['core', 'errors.ts', 'store'], ['better-sqlite3']),
  logs: rule(['core', 'errors.ts', 'process']),
  observe: rule(['core', 'errors.ts', 'process', 'pm2', 'store']),
  record: rule(['core', 'errors.ts', 'process', 'pm2', 'store', 'observe']),
  probe: rule(['core', 'errors.ts', 'process', 'logs']),
  operate: rule(['core', 'errors.ts', 'process', 'pm2', 'store', 'logs', 'observe', 'backup', 'record', 'probe']),
  doctor: rule(['core', 'errors.ts', 'process', 'store', 'observe', 'pm2']),
  boot: rule(['core', 'errors.ts', 'process']),
  remote: rule(['core', 'errors.ts']),
  deploy: rule(['core', 'errors.ts']),
  render: rule(['core', 'errors.ts'], ['chalk', 'ora'], { node: false }),
  service: rule(['core', 'errors.ts', 'store'], ['better-sqlite3', 'big.js', 'cockatiel', 'kleur', 'pino', 'zod']),
  init: rule(['core', 'errors.ts'], ['yaml']),
};

/** For every service, and more for those that show the whole stack. */
const SERVICE_RULE = rule(
  ['core', 'errors.ts', 'service'],
  ['better-sqlite3', 'big.js', 'cockatiel', 'fastify', 'trading-signals', 'zod'],
);
const OBSERVER_FOLDERS: Readonly<Record<string, readonly string[]>> = {
  website: ['store', 'process', 'observe', 'logs', 'manifest/read-snapshot.ts'],
  watchdog: [
    'store',
    'process',
    'observe',
    'logs',
    'pm2',
    'record',
    'probe',
    'operate',
    'manifest/read-snapshot.ts',
    'manifest/stored-stack.ts',
  ],
};

/** What builds the real dependencies may import everything of ours; of packages, only its own. */
const WIRING = ['main.ts', 'cli'];
const WIRING_PACKAGES = ['commander'];

/** The rule for one area, or `undefined` for an area that the table does not know. */
export function ruleFor(area: string, areas: readonly string[]): ImportRule | undefined {
  if (WIRING.includes(area)) return rule(areas, WIRING_PACKAGES);
  const [folder, name = ''] = area.split('/');
  if (folder !== 'services') return IMPORT_TABLE[area];
  return { ...SERVICE_RULE, folders: [...SERVICE_RULE.folders, ...(OBSERVER_FOLDERS[name] ?? [])] };
}

function rule(folders: readonly string[], packages: readonly string[] = [], options = { node: true }): ImportRule {
  return { folders, packages, node: options.node };
}

/** zod costs 130 ms to load, so a service's working code takes validated values and leaves the schema to its config file. */
export function mayUseZod(file: string): boolean {
  return !file.startsWith('src/services/') || /(^|[/-])config\.ts$/.test(file);
}
