import { composeEnvironment, interpolation } from './compose-values.js';
import type { SourceFolder } from './init-plan.js';
import { readDotEnv } from './line-service.js';
import { type Block, isBlock, textOf } from './record.js';
import { literalOf, variablesOf, withFallbacks } from './template.js';

export interface ComposeEnv {
  readonly env: Readonly<Record<string, string>>;
  readonly passEnv: readonly string[];
  readonly envFiles: readonly string[];
  readonly notes: readonly string[];
}

/** `environment` and `env_file`. What the shell of compose gave is let in from the shell of sigctl, under the same name only. */
export function composeEnv(entry: Block, folder: SourceFolder): ComposeEnv {
  const env: Record<string, string> = {};
  const passEnv: string[] = [];
  const notes: string[] = [];
  const dotEnv = readDotEnv(folder);
  for (const [key, text] of composeEnvironment(entry['environment'])) {
    const template = interpolation(text ?? '');
    const variables = variablesOf(template);
    const fromFile = variables.filter(({ name }) => name !== key && dotEnv[name] !== undefined);
    const value = literalOf(template) ?? (fromFile.length > 0 ? undefined : withFallbacks(template));
    const isOwn = text === undefined || variables.some(({ name }) => name === key);
    if (text !== undefined && value !== undefined) env[key] = value;
    if (isOwn && isVariableName(key)) passEnv.push(key);
    else if (value === undefined)
      notes.push(`"${key}" came from ${namesOf(variables)}: set it here, or let it in by passEnv`);
    else if (variables.length > 0)
      notes.push(`"${key}" has the default here that ${namesOf(variables)} had in compose`);
  }
  const files = filesOf(entry['env_file']);
  const missing = files.filter((file) => folder.read(file) === undefined);
  if (missing.length > 0) notes.push(`env_file ${missing.join(', ')} is missing and is left out`);
  return { env, passEnv, envFiles: files.filter((file) => !missing.includes(file)), notes };
}

function namesOf(variables: readonly { readonly name: string }[]): string {
  return [...new Set(variables.map(({ name }) => `$${name}`))].join(' and ');
}

function isVariableName(key: string): boolean {
  return /^[A-Za-z_]\w*$/.test(key);
}

function filesOf(value: unknown): readonly string[] {
  return (Array.isArray(value) ? value : [value]).flatMap(
    (file: unknown) => (isBlock(file) ? textOf(file['path']) : textOf(file)) ?? [],
  );
}
