import type { z } from 'zod';
import { isSecretName } from '../core/mask.js';
import { EXIT, SigctlError } from '../errors.js';

/**
 * Reads a service's configuration from its environment, once, at start. Variables that the schema does not name are ignored.
 *
 * @param schema A zod object whose keys are the names of variables, e.g. `z.object({ PORT: z.coerce.number().int().default(3001) })`.
 * @throws {SigctlError} `CONFIG_INVALID` (exit 2) that lists every fault: variable, value found, expectation.
 */
export function readConfig<Schema extends z.ZodObject>(schema: Schema, env: NodeJS.ProcessEnv): z.output<Schema> {
  const result = schema.safeParse(env);
  if (result.success) return result.data;
  const faults = result.error.issues.map((issue) => `  ${describeFault(issue, env)}`);
  throw new SigctlError(`Cannot start with this configuration:\n${faults.join('\n')}`, {
    code: 'CONFIG_INVALID',
    hint: 'Set these variables under "env" of this service in ecosystem.config.cjs',
    exitCode: EXIT.usage,
  });
}

function describeFault(issue: z.core.$ZodIssue, env: NodeJS.ProcessEnv): string {
  const variable = String(issue.path[0] ?? '(all variables)');
  return `${variable} is ${describeValue(variable, env[variable])}: ${issue.message}`;
}

function describeValue(variable: string, value: string | undefined): string {
  if (value === undefined) return 'not set';
  // Not even to say what is wrong with it.
  return isSecretName(variable) ? 'set (value hidden)' : JSON.stringify(value);
}
