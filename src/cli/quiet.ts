/** What `--quiet` holds back: all output, or with `--json` only what goes to stderr, as the document is what was asked for. */
export type Hush = 'nothing' | 'stderr' | 'all';

type Stream = 'stdout' | 'stderr';

/** Holds output back until it is known how a command ends: what failed is told all the same. */
export class Quiet {
  #hush: Hush = 'nothing';
  #held: (() => void)[] = [];

  get hush(): Hush {
    return this.#hush;
  }

  begin(hush: Hush): void {
    this.#hush = hush;
  }

  /** Writes what was held back, or forgets it; from now on nothing is held back. */
  end({ show }: { readonly show: boolean }): void {
    this.#hush = 'nothing';
    const held = this.#held;
    this.#held = [];
    if (show) for (const write of held) write();
  }

  /** The same writer, which waits while its stream is to be quiet. */
  wrap(stream: Stream, write: (text: string) => void): (text: string) => void {
    return (text) => {
      if (this.#hush === 'all' || this.#hush === stream) this.#held.push(() => write(text));
      else write(text);
    };
  }
}
