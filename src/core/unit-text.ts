/** systemd reads `%` as a specifier (systemd.unit(5)). */
export function escapeValue(text: string): string {
  return text.replaceAll('%', '%%');
}

/** A word of a command line (systemd.service(5)): quoted, and `$` doubled. */
export function escapeWord(text: string): string {
  const escaped = escapeValue(text).replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('$', '$$$$');
  return /^[\w@%+=:,./-]+$/.test(escaped) ? escaped : `"${escaped}"`;
}

export function environment(name: string, value: string): string {
  return `Environment="${name}=${escapeValue(value).replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
