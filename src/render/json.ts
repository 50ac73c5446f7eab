/** Version of the shapes that `--json` prints. It rises when a field changes its meaning or goes; new fields do not raise it. */
export const JSON_SCHEMA_VERSION = 1;

/** One JSON document with its version, for scripts. */
export function renderJson(value: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({ schemaVersion: JSON_SCHEMA_VERSION, ...value }, null, 2);
}
