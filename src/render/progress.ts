import type { Ora } from 'ora';
import type { Progress } from '../core/outcome.js';

export interface ProgressStream {
  readonly write: (text: string) => void;
  /** A spinner is shown on a terminal only. */
  readonly isTerminal: boolean;
}

export interface ShownProgress {
  readonly report: (progress: Progress) => void;
  /** Takes the spinner away for a line that is told meanwhile; it comes again below that. */
  readonly clear: () => void;
  /** Takes the spinner away. A second call does nothing. */
  readonly done: () => void;
}

/** Shows on stderr what is being started and stopped: one spinner on a terminal, plain lines otherwise. */
export function showProgress(stream: ProgressStream): ShownProgress {
  return stream.isTerminal ? showSpinner() : showLines(stream);
}

function showLines({ write }: ProgressStream): ShownProgress {
  return {
    report: (progress) => {
      if (isBeginning(progress)) write(`${progress.kind} ${progress.key}\n`);
    },
    clear: () => undefined,
    done: () => undefined,
  };
}

type Beginning = Extract<Progress, { kind: 'starting' | 'stopping' | 'reloading' }>;

function isBeginning(progress: Progress): progress is Beginning {
  return progress.kind === 'starting' || progress.kind === 'stopping' || progress.kind === 'reloading';
}

function showSpinner(): ShownProgress {
  const underWay = new Map<string, string>();
  let spinner: Ora | undefined;
  let finished = false;
  const repaint = (): void => {
    if (spinner === undefined || finished) return;
    spinner.text = [...underWay].map(([key, verb]) => `${verb} ${key}`).join(', ');
    if (underWay.size > 0 && !spinner.isSpinning) spinner.start();
    if (underWay.size === 0) spinner.stop();
  };
  // Loaded here: most runs of sigctl show no spinner.
  void import('ora').then(({ default: ora }) => {
    // Without `discardStdin: false` ora takes Ctrl-C away from us.
    spinner = ora({ stream: process.stderr, discardStdin: false });
    repaint();
  });
  return {
    report: (progress) => {
      if (isBeginning(progress)) underWay.set(progress.key, progress.kind);
      else underWay.delete('key' in progress ? progress.key : progress.outcome.key);
      repaint();
    },
    clear: () => void spinner?.clear(),
    done: () => {
      finished = true;
      spinner?.stop();
    },
  };
}
