import type { Ora } from 'ora';
import type { ProgressStream } from './progress.js';

/** Shows one line that says what is being done. */
export interface ShownSteps {
  /** `copying data/market.db 40%`. */
  readonly step: (text: string) => void;
  /** Takes it away. A second call does nothing. */
  readonly done: () => void;
}

/** What is over sooner needs no explanation. */
const SHOW_AFTER_MS = 1_000;

/**
 * Shows on stderr what a long command is doing, once it takes longer than a second: a spinner on a terminal, otherwise a plain
 * line for each step. Percentages are for the spinner alone.
 */
export function showSteps(stream: ProgressStream): ShownSteps {
  const view = stream.isTerminal ? spinnerView() : lineView(stream);
  let latest: string | undefined;
  let isShown = false;
  const timer = setTimeout(() => {
    isShown = true;
    if (latest !== undefined) view.step(latest);
  }, SHOW_AFTER_MS);
  timer.unref();
  return {
    step: (text) => {
      latest = text;
      if (isShown) view.step(text);
    },
    done: () => {
      clearTimeout(timer);
      isShown = false;
      view.done();
    },
  };
}

function lineView({ write }: ProgressStream): ShownSteps {
  let last = '';
  return {
    step: (text) => {
      const line = text.replace(/ \d+%$/, '');
      if (line !== last) write(`${line}\n`);
      last = line;
    },
    done: () => undefined,
  };
}

function spinnerView(): ShownSteps {
  let spinner: Ora | undefined;
  let text = '';
  let isDone = false;
  return {
    step: (next) => {
      if (text === '') {
        // Loaded here: most runs of sigctl show no spinner. Without `discardStdin: false` ora takes Ctrl-C away from us.
        void import('ora').then(({ default: ora }) => {
          if (!isDone) spinner = ora({ text, stream: process.stderr, discardStdin: false }).start();
        });
      }
      text = next;
      if (spinner !== undefined) spinner.text = next;
    },
    done: () => {
      isDone = true;
      spinner?.stop();
    },
  };
}
