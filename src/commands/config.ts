import type { ServiceDiff } from '../core/config-diff.js';
import type { ServiceSpec, Stack } from '../core/stack.js';
import { EXIT } from '../errors.js';
import { renderConfig, renderConfigDiff } from '../render/config.js';
import { renderJson } from '../render/json.js';
import { type Declaration, declare, flag } from './declaration.js';
import { selectNames, selectServices } from './select-services.js';
import type { Output } from './session.js';
import { JSON_FLAG } from './values.js';

/** The only things `config` may touch. */
export interface ConfigDeps {
  /** The manifest of now. */
  readonly readStack: (config: string | undefined) => Promise<Stack>;
  /** What runs with other settings than the manifest's of now, or is no longer in it. */
  readonly readDiffs: (config: string | undefined) => Promise<readonly ServiceDiff[]>;
  /** The service with every secret masked. */
  readonly mask: (spec: ServiceSpec) => Readonly<Record<string, unknown>>;
  readonly out: Pick<Output, 'print' | 'width' | 'colour' | 'setExitCode'>;
}

export interface ConfigOptions {
  readonly services: readonly string[];
  readonly config: string | undefined;
  readonly diff: boolean;
  readonly check: boolean;
  readonly json: boolean;
}

/** Declares `sigctl config`. Tests of parsing pass their own `run`. */
export function configCommand(deps: ConfigDeps, run = runConfig): Declaration {
  return declare<ConfigFlags>({
    name: 'config',
    argument: { syntax: '[service...]', what: 'services to show (default: all)' },
    options: {
      diff: flag('--diff', 'only what differs from what runs, and whether it needs a restart'),
      check: flag('--check', 'with --diff: exit with 3 when a restart would change something'),
      json: JSON_FLAG,
    },
    help: EXAMPLES,
    run: async ({ words: services, flags, config }) =>
      deps.out.setExitCode(await run(deps, { services, config, ...flags })),
  });
}

type ConfigFlags = Pick<ConfigOptions, 'diff' | 'check' | 'json'>;

const EXAMPLES = `
Examples:
  sigctl config                    every setting with its default filled in; secrets are masked
  sigctl config trading --json     one service, for a script
  sigctl config --diff             after an edit: what "sigctl restart --changed" would apply

Settings that only sigctl reads (after, ready, health, ...) take effect at once; the rest when the service is restarted.

Exit codes: 0 shown, 2 wrong use or a broken manifest, 3 with --check, 4 the state cannot be read.`;

export async function runConfig(deps: ConfigDeps, options: ConfigOptions): Promise<number> {
  if (options.diff || options.check) return showDiff(deps, options);
  const stack = await deps.readStack(options.config);
  const names = selectServices(stack, options.services);
  const services = stack.services.filter(({ name }) => names.length === 0 || names.includes(name));
  const { name, root, manifestPath, modes } = stack;
  deps.out.print(
    options.json
      ? renderJson({ stack: { name, root, manifest: manifestPath }, modes, services: services.map(deps.mask) })
      : renderConfig({ ...stack, services }, deps.out),
  );
  return EXIT.ok;
}

async function showDiff(deps: ConfigDeps, options: ConfigOptions): Promise<number> {
  const stack = await deps.readStack(options.config);
  const all = await deps.readDiffs(options.config);
  const known = [...stack.services.map(({ name }) => name), ...all.map(({ service }) => service)];
  const names = selectNames([...new Set(known)], options.services);
  const diffs = all.filter(({ service }) => names.length === 0 || names.includes(service));
  const needsRestart = diffs.filter(isPending).map(({ service }) => service);
  deps.out.print(options.json ? renderJson({ diffs, needsRestart }) : renderConfigDiff(diffs, deps.out.colour));
  return options.check && needsRestart.length > 0 ? EXIT.notInState : EXIT.ok;
}

function isPending(diff: ServiceDiff): boolean {
  return diff.kind === 'changed' && diff.differences.some((difference) => difference.needsRestart);
}
