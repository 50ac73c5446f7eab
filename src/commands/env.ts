import type { ProcessVariables } from '../core/service-variable.js';
import { processKeys, type Stack } from '../core/stack.js';
import { EXIT } from '../errors.js';
import { renderEnv } from '../render/env.js';
import { renderJson } from '../render/json.js';
import { type AboutService, aboutServiceCommand } from './about-service.js';
import type { Declaration } from './declaration.js';
import { unknownService } from './select-services.js';
import type { Output } from './session.js';

/** The only things `env` may touch. */
export interface EnvDeps {
  readonly openStack: (config: string | undefined) => Promise<{
    readonly stack: Stack;
    /** What a start of now would give these processes, and what they have. Secrets are masked. */
    readonly read: (keys: readonly string[]) => readonly ProcessVariables[];
  }>;
  readonly out: Pick<Output, 'print' | 'colour' | 'setExitCode'>;
}

/** Declares `sigctl env`. Tests of parsing pass their own `run`. */
export function envCommand(deps: EnvDeps, run = runEnv): Declaration {
  return aboutServiceCommand(
    {
      name: 'env',
      help: EXAMPLES,
    },
    async (options) => deps.out.setExitCode(await run(deps, options)),
  );
}

const EXAMPLES = `
Examples:
  sigctl env trading                   what a start would give it now, and what its process has otherwise
  LOG_LEVEL=debug sigctl env trading   what that shell would change
  sigctl env web-1 --json              one process of a service that has several

Secrets are masked. A process keeps the environment of its start: "sigctl restart" applies what differs.

Exit codes: 0 shown, 2 wrong use or a broken manifest, 4 the state cannot be read.`;

export async function runEnv(deps: EnvDeps, options: AboutService): Promise<number> {
  const { stack, read } = await deps.openStack(options.config);
  const processes = read(chooseKeys(stack, options.service));
  deps.out.print(options.json ? renderJson({ processes }) : renderEnv(processes, deps.out.colour));
  return EXIT.ok;
}

function chooseKeys({ services }: Stack, name: string): readonly string[] {
  const spec = services.find((candidate) => candidate.name === name);
  if (spec !== undefined) return processKeys(spec);
  const keys = services.flatMap(processKeys);
  if (keys.includes(name)) return [name];
  throw unknownService(
    name,
    services.map((candidate) => candidate.name),
  );
}
