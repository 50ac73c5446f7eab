import { Argument, Command } from 'commander';
import { EXIT } from '../errors.js';
import { renderHosts } from '../render/hosts.js';
import { renderJson } from '../render/json.js';
import { misuse } from './misuse.js';
import { jsonOption } from './options.js';
import type { Output } from './session.js';

/** The only things `host` may touch. */
export interface HostDeps {
  readonly readHosts: () => Readonly<Record<string, string>>;
  /** @throws {SigctlError} `HOST_INVALID`, `HOST_EXISTS`. */
  readonly addHost: (name: string, address: string, replace: boolean) => void;
  /** @throws {SigctlError} `HOST_UNKNOWN`. */
  readonly removeHost: (name: string) => void;
  readonly out: Pick<Output, 'print' | 'colour' | 'setExitCode'>;
}

const ACTIONS = ['list', 'add', 'remove'] as const;

export interface HostOptions {
  readonly action: (typeof ACTIONS)[number];
  readonly name: string | undefined;
  readonly address: string | undefined;
  /** `add` replaces the address that the name has. */
  readonly force: boolean;
  readonly json: boolean;
}

/** Declares `sigctl host`. Tests of parsing pass their own `run`. */
export function hostCommand(deps: HostDeps, run = runHost): Command {
  return new Command('host')
    .addArgument(new Argument('[action]', 'what to do').choices(ACTIONS).default('list'))
    .argument('[name]', 'letters, digits, dots, dashes, underscores')
    .argument('[address]', 'user@vps:/srv/app; the folder is that of the manifest there')
    .option('--force', 'with add: replace the address that the name has', false)
    .addOption(jsonOption())
    .addHelpText('after', EXAMPLES)
    .action((action: HostOptions['action'], name: string | undefined, address: string | undefined, flags: HostFlags) =>
      deps.out.setExitCode(run(deps, { action, name, address, ...flags })),
    );
}

type HostFlags = Pick<HostOptions, 'force' | 'json'>;

const EXAMPLES = `
Examples:
  sigctl host add prod deploy@vps.example.org:/srv/app
  sigctl host list
  sigctl @prod status              any command, over there; the same: sigctl --host deploy@vps.example.org:/srv/app status
  sigctl status --all-hosts        every host in one table

The system's ssh is used, with its configuration, keys, agent and jump hosts. SIGCTL_SSH_COMMAND puts another one in its place.

Exit codes: 0 done; 2 wrong use; 4 the list of hosts cannot be read.`;

export function runHost(deps: HostDeps, { action, name, address, force, json }: HostOptions): number {
  refuseIdle(action, [name, address], force);
  if (action === 'add') deps.addHost(given(action, name, 'name'), given(action, address, 'address'), force);
  if (action === 'remove') deps.removeHost(given(action, name, 'name'));
  const hosts = deps.readHosts();
  if (!json && action !== 'list')
    deps.out.print(`✔ @${given(action, name, 'name')} ${action === 'add' ? 'added' : 'removed'}`);
  // "No hosts yet" would be odd right after the last one went.
  const isEmptied = action === 'remove' && Object.keys(hosts).length === 0;
  if (json) deps.out.print(renderJson({ ok: true, hosts }));
  else if (!isEmptied) deps.out.print(renderHosts(hosts, deps.out.colour));
  return EXIT.ok;
}

type Action = HostOptions['action'];

/** How many of name and address each action takes. */
const TAKES: Readonly<Record<Action, number>> = { list: 0, add: 2, remove: 1 };

function refuseIdle(action: Action, words: readonly (string | undefined)[], force: boolean): void {
  const idle = words.slice(TAKES[action]).find((word) => word !== undefined);
  if (idle !== undefined) {
    const takes = TAKES[action] === 0 ? 'takes no name' : 'takes one name';
    throw misuse(
      'ARGUMENT_EXCESS',
      `Cannot use ${JSON.stringify(idle)}: "sigctl host ${action}" ${takes}`,
      hintAt(action),
    );
  }
  if (force && action !== 'add')
    throw misuse('OPTIONS_CONFLICT', `Cannot use --force with "sigctl host ${action}": it is for add`, hintAt(action));
}

function given(action: Action, value: string | undefined, what: string): string {
  if (value !== undefined) return value;
  throw misuse('ARGUMENT_MISSING', `Cannot run "sigctl host ${action}" without <${what}>`, hintAt(action));
}

function hintAt(action: Action): string {
  const words = { list: 'list', add: 'add prod user@vps:/srv/app', remove: 'remove prod' };
  return `For example: sigctl host ${words[action]}`;
}
