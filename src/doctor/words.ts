/** At most this much of a stranger's command line: enough to know it by. */
const COMMAND_COLUMNS = 100;

/** `1 service`, `3 services`. */
export function count(number: number, noun: string, plural = `${noun}s`): string {
  return `${number} ${number === 1 ? noun : plural}`;
}

/** `pid 812 (node server.js)`, the command cut where it is long. */
export function describeProcess(pid: number, command: string): string {
  if (command === '') return `pid ${pid}`;
  return `pid ${pid} (${command.length > COMMAND_COLUMNS ? `${command.slice(0, COMMAND_COLUMNS)}…` : command})`;
}

/** `a, b, c and 4 more`. */
export function listSome(names: readonly string[], most = 5): string {
  const rest = names.length - most;
  return rest > 0 ? `${names.slice(0, most).join(', ')} and ${rest} more` : names.join(', ');
}
