import type { ShownSteps } from '../render/steps.js';
import type { Terminal } from './terminal.js';

/** What is being done, shown on stderr when it takes a while. The module that shows it is loaded with the first step. */
export function lazySteps(terminal: Terminal): { readonly step: (text: string) => void; readonly done: () => void } {
  const stream = { write: terminal.writeErr, isTerminal: terminal.errIsTerminal };
  let isDone = false;
  let loaded: ShownSteps | undefined;
  const view = import('../render/steps.js').then(({ showSteps }) => {
    loaded = showSteps(stream);
    return loaded;
  });
  return {
    step: (text) => void view.then((shown) => !isDone && terminal.quiet.hush === 'nothing' && shown.step(text)),
    done: () => {
      isDone = true;
      // At once where it is shown: the result that is printed next must not stand behind a spinner.
      if (loaded === undefined) void view.then((shown) => shown.done());
      else loaded.done();
    },
  };
}
