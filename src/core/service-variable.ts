import { isSecretName, MASK, maskSecrets, secretValues } from './mask.js';
import type { EnvSource } from './stack.js';

/** Where a variable of a service comes from. */
export type VariableOrigin =
  | EnvSource
  /** The shell that types the command: what every service inherits, or what `passEnv` lets in. */
  | { readonly kind: 'shell' }
  | { readonly kind: 'passEnv' }
  /** A `passEnv` variable that this shell does not set and an earlier one did. */
  | { readonly kind: 'kept' }
  | { readonly kind: 'sigctl' };

/** One variable that a start gives a service. The value may be a secret. */
export interface ServiceVariable {
  readonly name: string;
  readonly value: string;
  readonly origin: VariableOrigin;
  /** What sigctl made of the value, in words. */
  readonly note?: string | undefined;
}

/** The same for people and scripts: secrets are masked. */
export interface ShownVariable extends ServiceVariable {
  readonly isSecret: boolean;
}

/** A variable that a running process has otherwise than a start of now would give it; `null`: not at all. Secrets are masked. */
export interface VariableDifference {
  readonly name: string;
  readonly running: string | null;
  readonly next: string | null;
}

/** What a start of now would give one process of a service, and what its running process has instead. */
export interface ProcessVariables {
  readonly service: string;
  readonly key: string;
  /** `null`: it does not run. */
  readonly pid: number | null;
  /** Where the running process's own were read; `null`: nowhere, so that no difference is known. */
  readonly comparedWith: 'process' | 'launch-file' | null;
  readonly variables: readonly ShownVariable[];
  readonly differences: readonly VariableDifference[];
  /** What sigctl adds to node's command line, which is no variable and works like NODE_OPTIONS. */
  readonly nodeFlags: readonly string[];
}

/** Variables by name, as a process has them. */
type Env = Readonly<Record<string, string>>;

/** Masks secrets, and what stands of them in other values. Sorted by name. */
export function showVariables(variables: readonly ServiceVariable[], running: Env = {}): readonly ShownVariable[] {
  const show = masker(envOf(variables), running);
  return variables
    .map((variable) => ({ ...variable, value: show(variable), isSecret: isSecretName(variable.name) }))
    .sort(byName);
}

/**
 * What of a running process differs from the variables that a start would give it. Pure.
 *
 * @param ignored Which names mean nothing where only the process has them.
 */
export function diffVariables(
  running: Env,
  variables: readonly ServiceVariable[],
  ignored: (name: string) => boolean,
): readonly VariableDifference[] {
  const next = envOf(variables);
  const show = masker(next, running);
  const shown = (env: Env, name: string): string | null => {
    const value = lookUp(env, name);
    return value === undefined ? null : show({ name, value });
  };
  const names = [
    ...Object.keys(next),
    ...Object.keys(running).filter((name) => !Object.hasOwn(next, name) && !ignored(name)),
  ];
  return names
    .filter((name) => lookUp(running, name) !== lookUp(next, name))
    .map((name) => ({ name, running: shown(running, name), next: shown(next, name) }))
    .sort(byName);
}

/** By name, as a process gets them. */
export function envOf(variables: readonly ServiceVariable[]): Env {
  return Object.fromEntries(variables.map(({ name, value }) => [name, value]));
}

function masker(...envs: readonly Env[]): (variable: { readonly name: string; readonly value: string }) => string {
  const secrets = secretValues(...envs);
  return ({ name, value }) => (isSecretName(name) && value !== '' ? MASK : maskSecrets(value, secrets));
}

function lookUp(env: Env, name: string): string | undefined {
  return Object.hasOwn(env, name) ? env[name] : undefined;
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : 1;
}
