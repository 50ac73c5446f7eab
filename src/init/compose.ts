import { composeCommands, hostFolder } from './compose-command.js';
import { composeEnv } from './compose-env.js';
import { composeReady } from './compose-ready.js';
import { composeBytes, composeDuration, composePorts } from './compose-values.js';
import type { InitPlan, LeftOut, PlannedService, SourceFolder } from './init-plan.js';
import { readDotEnv, STOP_WITHIN_MS, serviceOfCommand, withFilePort } from './line-service.js';
import { type Block, blockAt, isBlock, textOf } from './record.js';
import { sourceBroken } from './source-error.js';

/** Keys that are translated, or that mean nothing without a container around the process. */
const KNOWN =
  /^(?:command|entrypoint|environment|env_file|depends_on|ports|expose|mem_limit|deploy|healthcheck|restart|build|image|volumes|working_dir|container_name|hostname|stop_grace_period|stop_signal|scale|init|tty|stdin_open|platform|pull_policy|x-.*)$/;
const MIN_MEMORY_LIMIT_BYTES = 1024 ** 2;
/** A slip of the keyboard beyond; the manifest's own limit. */
const MAX_INSTANCES = 1_000;
const DEFAULT_PORT = 8_000;

/**
 * The services of a compose file whose program is on this machine: those with a command (in the file or in the Dockerfile).
 *
 * @throws {SigctlError} `INIT_SOURCE_BROKEN`.
 */
export function parseCompose(value: unknown, folder: SourceFolder, source: string): InitPlan {
  const declared = isBlock(value) ? value['services'] : undefined;
  if (!isBlock(declared)) throw sourceBroken(source, 'it has no "services"');
  const services: PlannedService[] = [];
  const leftOut: LeftOut[] = [];
  const neighbours = { jobs: jobsOf(declared), hosts: Object.keys(declared) };
  for (const [name, entry] of Object.entries(declared)) {
    const result = isBlock(entry) ? servicesOf(name, entry, folder, neighbours) : 'it is no block of keys';
    if (typeof result === 'string') leftOut.push({ name, reason: result });
    else services.push(...result);
  }
  const isIncluding = isBlock(value) && 'include' in value;
  return {
    services,
    leftOut,
    modes: {},
    notes: isIncluding ? ['"include": the files that it names are not followed'] : [],
  };
}

/** Services that others wait for to end are no services. */
function jobsOf(services: Block): ReadonlySet<string> {
  const dependencies = Object.values(services).flatMap((entry) =>
    isBlock(entry) ? Object.entries(blockAt(entry, 'depends_on')) : [],
  );
  const jobs = dependencies.filter(
    ([, rule]) => isBlock(rule) && rule['condition'] === 'service_completed_successfully',
  );
  return new Set(jobs.map(([name]) => name));
}

interface Neighbours {
  readonly jobs: ReadonlySet<string>;
  /** Names of all services, which are host names inside of compose. */
  readonly hosts: readonly string[];
}

function servicesOf(
  name: string,
  entry: Block,
  folder: SourceFolder,
  { jobs, hosts }: Neighbours,
): readonly PlannedService[] | string {
  if (jobs.has(name)) return 'it runs once and ends: run it before "sigctl start"';
  const found = composeCommands(entry, folder);
  if (typeof found === 'string') return found;
  if (found.length === 0) return 'its command starts no program';
  return found.map((command, index) => {
    const base = serviceOfCommand(command, {
      name: index === 0 ? name : command.name,
      defaultPort: DEFAULT_PORT,
      folder,
    });
    const withEnv = noteHosts(addEnvironment(base, entry, folder), hosts);
    return index === 0 ? addRest(withEnv, entry) : withEnv;
  });
}

function addEnvironment(base: PlannedService, entry: Block, folder: SourceFolder): PlannedService {
  const { env, passEnv, envFiles, notes } = composeEnv(entry, folder);
  const allEnv = { ...base.env, ...env };
  const pass = [...new Set([...(base.passEnv ?? []), ...passEnv])];
  // Compose reads .env for its own variables, and what looks them up in its place needs it too.
  const needsDotEnv = pass.some((name) => readDotEnv(folder)[name] !== undefined);
  const files = [...new Set([...(needsDotEnv ? ['.env'] : []), ...envFiles])];
  const folderInside = hostFolder(entry);
  const cwd = base.cwd?.startsWith('/') || folderInside === undefined ? base.cwd : joined(folderInside, base.cwd);
  const { cwd: _own, ...rest } = base;
  const complete: PlannedService = {
    ...rest,
    ...(cwd === undefined || cwd === '.' ? {} : { cwd }),
    ...(Object.keys(allEnv).length > 0 ? { env: allEnv } : {}),
    ...(pass.length > 0 ? { passEnv: pass } : {}),
    ...(files.length > 0 ? { envFiles: files } : {}),
    notes: [...base.notes, ...notes],
  };
  return withFilePort(complete, folder, true);
}

function noteHosts(service: PlannedService, hosts: readonly string[]): PlannedService {
  const texts = [...Object.values(service.env ?? {}), ...service.command.args];
  const named = hosts.filter((host) => texts.some((text) => isAddressOf(host, text)));
  if (named.length === 0) return service;
  const list = named.map((host) => `"${host}"`).join(', ');
  return {
    ...service,
    notes: [...service.notes, `uses ${list} as a host, which is one only inside of compose: put localhost`],
  };
}

/** `host:5432`, `postgres://user@host/db`. */
function isAddressOf(host: string, text: string): boolean {
  return text
    .split(/\/\/|@|,|\s/)
    .some((part) => part === host || part.startsWith(`${host}:`) || part.startsWith(`${host}/`));
}

function joined(folder: string, inner: string | undefined): string {
  return inner === undefined ? folder : `${folder}/${inner}`;
}

function addRest(base: PlannedService, entry: Block): PlannedService {
  const [port, ...otherPorts] = composePorts(entry['ports']);
  const target = port?.target ?? base.port;
  const ready = composeReady(entry, target) ?? base.ready;
  const instances = Math.min(
    MAX_INSTANCES,
    Number(textOf(blockAt(entry, 'deploy')['replicas']) ?? textOf(entry['scale']) ?? 1),
  );
  const limit = composeBytes(
    entry['mem_limit'] ?? blockAt(blockAt(blockAt(entry, 'deploy'), 'resources'), 'limits')['memory'],
  );
  return {
    ...base,
    ...dependenciesOf(entry),
    ...restartOf(entry),
    ...(target === undefined ? {} : { port: target }),
    ...(ready === undefined ? {} : { ready }),
    ...(Number.isInteger(instances) && instances > 1 ? { instances } : {}),
    ...(limit !== undefined && limit >= MIN_MEMORY_LIMIT_BYTES ? { memoryLimitBytes: limit } : {}),
    killTimeoutMs: composeDuration(entry['stop_grace_period']) || STOP_WITHIN_MS,
    notes: [
      ...base.notes,
      ...(port?.published !== undefined && port.published !== port.target
        ? [`was published on port ${port.published}: without a container it listens on ${port.target} itself`]
        : []),
      ...(otherPorts.length > 0 ? [`listens on ${otherPorts.map((other) => other.target).join(', ')} too`] : []),
      ...notesOn(entry),
    ],
  };
}

/** `up web` starts what web depends on: that is `needs`; `required: false` is an order only. */
function dependenciesOf(entry: Block): Pick<PlannedService, 'after' | 'needs'> {
  const declared = entry['depends_on'];
  if (Array.isArray(declared)) return { needs: declared.filter((name) => typeof name === 'string') };
  const rules = Object.entries(blockAt(entry, 'depends_on'));
  const isOptional = (rule: unknown): boolean => isBlock(rule) && rule['required'] === false;
  const pick = (optional: boolean): readonly string[] =>
    rules.filter(([, rule]) => isOptional(rule) === optional).map(([name]) => name);
  return { needs: pick(false), after: pick(true) };
}

function restartOf(entry: Block): Pick<PlannedService, 'autorestart' | 'maxRestarts'> {
  const restart = textOf(entry['restart']) ?? textOf(blockAt(blockAt(entry, 'deploy'), 'restart_policy')['condition']);
  if (restart === 'no' || restart === 'false' || restart === 'none') return { autorestart: false };
  const tries = /^on-failure:(\d{1,6})$/.exec(restart ?? '')?.[1];
  return tries === undefined ? {} : { maxRestarts: Number(tries) };
}

function notesOn(entry: Block): readonly string[] {
  const others = Object.keys(entry).filter((key) => !KNOWN.test(key));
  const signal = textOf(entry['stop_signal'])?.replace(/^SIG/, '');
  return [
    ...(others.length > 0 ? [`not taken over: ${others.join(', ')}`] : []),
    ...(signal !== undefined && signal !== 'INT' ? [`was stopped by SIG${signal}: sigctl sends SIGINT`] : []),
    ...(textOf(entry['restart'])?.startsWith('on-failure')
      ? ['is restarted after exit code 0 too (compose: only after a failure)']
      : []),
  ];
}
