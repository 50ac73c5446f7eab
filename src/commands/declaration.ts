/**
 * A command as data. Commander makes its parser and its help of it (cli/build-command.ts); a line that says plainly what it means is
 * read without commander (cli/plain-line.ts), which takes a tenth of what node needs to start.
 */
export interface Declaration {
  readonly name: string;
  readonly argument?: ArgumentDeclaration;
  /** By the name under which `run` gets their values: that of the long flag, in camel case and without `no`. */
  readonly options: Readonly<Record<string, OptionDeclaration<unknown>>>;
  /** Examples and exit codes. */
  readonly help: string;
  readonly run: (line: ParsedLine<Readonly<Record<string, unknown>>>) => Promise<void>;
}

export interface ArgumentDeclaration {
  /** `<name>`, `[name]` or `[name...]`, as commander writes it. */
  readonly syntax: string;
  readonly what: string;
  readonly choices?: readonly string[];
  /** Stands for a word that was not typed. */
  readonly value?: string;
}

export interface OptionDeclaration<T> {
  /** Such as `-n, --lines <number>`, as commander writes it. */
  readonly flags: string;
  readonly what: string;
  readonly choices?: readonly string[];
  /** @param before The value so far. @throws {BadValue} */
  readonly parse?: (text: string, before: T) => T;
  /** Unless it is typed. */
  readonly value: T;
  /** That value, as people write it. */
  readonly shownValue?: string;
  /** Names of options that it does not go with. */
  readonly conflicts?: readonly string[];
  /** Values of other options that go with it, unless they are typed. */
  readonly implies?: Readonly<Record<string, unknown>>;
}

/** A line that was understood. */
export interface ParsedLine<Flags> {
  readonly words: readonly string[];
  readonly flags: Flags;
  /** `--config`. */
  readonly config: string | undefined;
}

type OptionsOf<Flags> = { readonly [Name in keyof Flags]: OptionDeclaration<Flags[Name]> };

/** Checks that options and flags are of one type, which the parsers do not know. */
export function declare<Flags>(
  declaration: Omit<Declaration, 'options' | 'run'> & {
    readonly options: OptionsOf<Flags>;
    readonly run: (line: ParsedLine<Flags>) => Promise<void>;
  },
): Declaration {
  return declaration as unknown as Declaration;
}

/** An option that takes no value. */
export function flag(
  flags: string,
  what: string,
  more: Partial<OptionDeclaration<boolean>> = {},
): OptionDeclaration<boolean> {
  return { flags, what, value: false, ...more };
}

/** An option whose value is taken as it is typed. */
export function text(flags: string, what: string): OptionDeclaration<string | undefined> {
  return { flags, what, value: undefined };
}

/** An option that takes one of some words. */
export function choice<T extends string, D extends T | undefined>(
  flags: string,
  what: string,
  { choices, value }: { readonly choices: readonly T[]; readonly value: D },
): OptionDeclaration<T | D> {
  return { flags, what, choices, value };
}
