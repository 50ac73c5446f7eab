/** Makes a forgotten case of a union a build error, and a bug with a name at run time. */
export function assertNever(value: never, what: string): never {
  throw new Error(`Unhandled ${what}: ${JSON.stringify(value)}`);
}
