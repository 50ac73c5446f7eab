import type { Terminal } from './terminal.js';

/** What is being done, shown on stderr when it takes a while. The module that shows it is loaded with the first step. */
export function lazySteps(terminal: Terminal): { readonly step: (text: string) => void; readonly done: () => void } {
  const stream = { write: terminal.writeErr, isTerminal: terminal.errIsTerminal };
  let isDone = false;
  const view = import('../render/steps.js').then(({ showSteps }) => showSteps(stream));
  return {
    step: (text) => void view.then((shown) => !isDone && terminal.quiet.hush === 'nothing' && shown.step(text)),
    done: () => {
      isDone = true;
      void view.then((shown) => shown.done());
    },
  };
}
