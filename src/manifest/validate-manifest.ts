import { basename } from 'node:path';
import type { Stack } from '../core/stack.js';
import { knownAppKeys, sortAppKeys } from './app-keys.js';
import { buildModes } from './build-modes.js';
import { type BuildContext, buildService } from './build-service.js';
import { checkStack, type Member } from './check-stack.js';
import { isRecord } from './copy-plain.js';
import { describeFound } from './describe-found.js';
import { type Fault, formatPath, manifestInvalid } from './fault.js';
import type { RawManifest } from './load-manifest.js';
import { parseShape, type ShapeFault, unknownKey } from './parse-shape.js';
import { checkReadyKinds } from './ready-rule.js';
import { appSchema, BLOCK_KEYS, STACK_BLOCK_KEYS, type StackEntry, stackSchema } from './schema.js';
import { typedName } from './service-name.js';
import { watchPolicy } from './watch-policy.js';

const HONOURED = Object.keys(appSchema.shape);
/** Variables and arguments carry tokens: of these only the kind of value is ever told. */
const SECRET = ['env', 'args', 'node_args'];

/** One app after its own checks. `member` is missing when the entry is not even an object. */
interface CheckedApp {
  readonly name: string | undefined;
  readonly member: Member | undefined;
  readonly toFault: (fault: ShapeFault) => Fault;
  readonly faults: readonly ShapeFault[];
  readonly notes: readonly string[];
}

/**
 * The manifest as a `Stack`, or one refusal that lists every fault of every app and of the stack as a whole.
 *
 * @throws {SigctlError} `MANIFEST_INVALID`.
 */
export function validateManifest(raw: RawManifest, context: Omit<BuildContext, 'root' | 'logs'>): Stack {
  const { logs = {} } = readTop(raw).value;
  const apps = Array.isArray(raw.apps)
    ? raw.apps.map((app, index) => checkApp(app, index, { ...context, root: raw.root, logs }))
    : [];
  const members = apps.flatMap((app) => app.member ?? []);
  const together = checkStack(members);
  const services = members.map((member) => member.spec.name).filter((name) => name !== '');
  const top = checkTop(raw, services);
  const faults = [
    ...apps.flatMap((app, index) => {
      const own = [...app.faults, ...together.filter((fault) => fault.index === index)];
      return own.map(app.toFault);
    }),
    ...top.faults.map((fault) => ({ ...fault, path: formatPath(fault.path), app: undefined })),
  ];
  if (faults.length > 0) throw manifestInvalid(raw.manifestPath, faults);
  return {
    name: top.entry.name ?? defaultName(raw.root),
    root: raw.root,
    manifestPath: raw.manifestPath,
    services: members.map((member) => member.spec),
    modes: top.modes,
    notes: [...apps.flatMap((app) => app.notes), ...top.notes],
    watch: watchPolicy(top.entry),
  };
}

function checkApp(raw: unknown, index: number, context: BuildContext): CheckedApp {
  if (!isRecord(raw)) {
    const faults = [
      { path: [], found: describeFound(raw), expected: 'an app such as { name: "web", script: "web.js" }' },
    ];
    return { name: undefined, member: undefined, toFault: faultMaker(index, undefined, new Map()), faults, notes: [] };
  }
  const keyed = sortAppKeys(raw, HONOURED);
  const { value: app, faults: shapeFaults } = parseShape(appSchema, keyed.app, {
    // The place in a list says nothing of the keys.
    keysAt: (path) => BLOCK_KEYS[path.replace(/\.\d+$/, '')] ?? [],
    homeOf: (path, key) => (path === 'sigctl' && HONOURED.includes(key) ? 'it beside "sigctl", not inside' : undefined),
    secret: SECRET,
  });
  const { spec, ports, faults, notes } = buildService(app, context);
  const name = typedName(app);
  const rawSigctl = keyed.app['sigctl'];
  const readyKinds = isRecord(rawSigctl) ? checkReadyKinds(rawSigctl['ready'], BLOCK_KEYS['sigctl.ready'] ?? []) : [];
  const unknown = keyed.unknown.map((key) => unknownAppKey(key));
  const label = `apps[${index}]${name === undefined ? '' : ` "${name}"`}`;
  return {
    name,
    member: { index, spec, ports },
    toFault: faultMaker(index, name, keyed.typed),
    faults: withoutEchoes([...unknown, ...shapeFaults, ...readyKinds], faults),
    notes: [...keyed.notes, ...notes].map((note) => `${label}: ${note}`),
  };
}

/** A part that was cut out as faulty looks like a missing one to the checks that follow: what they say of it is an echo. */
function withoutEchoes(first: readonly ShapeFault[], second: readonly ShapeFault[]): ShapeFault[] {
  const told = first.map((fault) => formatPath(fault.path));
  const isEcho = (path: string): boolean => told.some((known) => path === known || path.startsWith(`${known}.`));
  return [...first, ...second.filter((fault) => !isEcho(formatPath(fault.path)))];
}

function unknownAppKey(key: string): ShapeFault {
  const home = BLOCK_KEYS['sigctl']?.includes(key) ? 'it inside "sigctl"' : undefined;
  return unknownKey([], key, knownAppKeys(HONOURED), home);
}

function faultMaker(index: number, app: string | undefined, typed: ReadonlyMap<string, string>): CheckedApp['toFault'] {
  return ({ path: [first, ...rest], found, expected }) => {
    const typedFirst = first === undefined ? [] : [typed.get(String(first)) ?? first];
    return { path: formatPath(['apps', index, ...typedFirst, ...rest]), app, found, expected };
  };
}

interface CheckedTop {
  readonly entry: StackEntry;
  readonly modes: Stack['modes'];
  readonly faults: readonly ShapeFault[];
  readonly notes: readonly string[];
}

function checkTop(raw: RawManifest, services: readonly string[]): CheckedTop {
  const { sigctl = {}, deploy, ...others } = raw.rest;
  const faults: ShapeFault[] = [];
  if (!Array.isArray(raw.apps) || raw.apps.length === 0) {
    faults.push({ path: ['apps'], found: describeFound(raw.apps), expected: 'a list with at least one app' });
  }
  faults.push(...Object.keys(others).map((key) => unknownKey([], key, ['apps', 'sigctl', 'deploy'])));
  if (!isRecord(sigctl)) {
    faults.push({
      path: ['sigctl'],
      found: describeFound(sigctl),
      expected: 'a block such as { name: "shop", modes: {} }',
    });
  }
  const { value: entry, faults: shapeFaults } = readTop(raw);
  const { modes, faults: modeFaults } = buildModes(entry, services);
  const inside = shapeFaults.map((fault) => ({ ...fault, path: ['sigctl', ...fault.path] }));
  const notes = deploy === undefined ? [] : ['"deploy" has no effect: sigctl runs what is on this machine'];
  return { entry, modes, faults: [...faults, ...inside, ...modeFaults], notes };
}

function readTop(raw: RawManifest) {
  const { sigctl } = raw.rest;
  return parseShape(stackSchema, isRecord(sigctl) ? sigctl : {}, {
    keysAt: (path) => STACK_BLOCK_KEYS[path] ?? [],
    homeOf: () => undefined,
    secret: ['alerts'],
  });
}

/** The folder's name, made fit for a name. */
function defaultName(root: string): string {
  return basename(root).replace(/[^A-Za-z0-9._-]+/g, '-') || 'stack';
}
