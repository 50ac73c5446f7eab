/** `--config=file` and `-cfile`. */
const ATTACHED_CONFIG = /^(?:--config=|-c(?=.))/;

/** Whether a line has this flag: behind `--` every word is a name. */
export function hasFlag(argv: readonly string[], flag: string): boolean {
  const end = argv.indexOf('--');
  return argv.slice(0, end < 0 ? argv.length : end).includes(flag);
}

/** The command of a line, before anything has parsed it. */
export function commandOf(argv: readonly string[]): string | undefined {
  return argv.find((word, index) => !word.startsWith('-') && !isValueOfConfig(argv, index));
}

/** The value of `--config`, before anything has parsed the line. */
export function configOf(argv: readonly string[]): string | undefined {
  const index = argv.findIndex((word, position) => isValueOfConfig(argv, position) || ATTACHED_CONFIG.test(word));
  return argv[index]?.replace(ATTACHED_CONFIG, '');
}

function isValueOfConfig(argv: readonly string[], index: number): boolean {
  return ['-c', '--config'].includes(argv[index - 1] ?? '');
}
