import { Argument, Command } from 'commander';
import { EXIT, SigctlError } from '../errors.js';
import { renderHosts } from '../render/hosts.js';
import { renderJson } from '../render/json.js';
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
    .description('Short names for other machines, for "sigctl @prod status"')
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
  if (action === 'add') deps.addHost(given(name, 'name'), given(address, 'address'), force);
  if (action === 'remove') deps.removeHost(given(name, 'name'));
  const hosts = deps.readHosts();
  deps.out.print(json ? renderJson({ ok: true, hosts }) : renderHosts(hosts, deps.out.colour));
  return EXIT.ok;
}

function given(value: string | undefined, what: string): string {
  if (value !== undefined) return value;
  throw new SigctlError(`Cannot do this without <${what}>`, {
    code: 'ARGUMENT_MISSING',
    hint: 'For example: sigctl host add prod user@vps:/srv/app',
    exitCode: EXIT.usage,
  });
}
