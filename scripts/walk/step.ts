/** A moment of a full-screen command: what has to be seen, and what is typed then. */
export interface Scene {
  readonly shows: RegExp;
  /** Keys as tmux names them (`Down`, `C-c`), a new size of the window as `60x20`, or a signal for the process: `SIGTERM`. */
  readonly press: readonly string[];
}

/** One command line of the walk, and how its screen file is called. */
export interface Step {
  readonly name: string;
  /** For a shell in the project's folder; `sigctl` is in its PATH. */
  readonly line: string;
  /** Below the folder of the walk (default: the project). */
  readonly folder?: string;
  /** For commands that go on until they are told to end; such a step is left out without a terminal. */
  readonly scenes?: readonly Scene[];
  /** Prepares the step, and is not shown. */
  readonly before?: string;
}

/** One line is one step: `name | line`. */
export function stepsOf(table: string, folder?: string): readonly Step[] {
  return table
    .trim()
    .split('\n')
    .map((row) => {
      const [, name = '', line = ''] = /^\s*(\S+)\s*\|\s*(.*)$/.exec(row) ?? [];
      if (line === '') throw new Error(`No step: "${row}"`);
      return { name, line, ...(folder !== undefined && { folder }) };
    });
}
