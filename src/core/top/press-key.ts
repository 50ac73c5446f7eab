import { assertNever } from '../assert-never.js';
import type { TopKey } from './top-key.js';
import { selectedProcess, type TopDialog, type TopState, visibleProcesses, withPause } from './top-state.js';

/** What a key wants from outside. */
export type TopEffect =
  | { readonly kind: 'none' }
  | { readonly kind: 'quit' }
  | { readonly kind: 'suspend' }
  | { readonly kind: 'repaint' }
  /** Starts `sigctl <args>`. */
  | { readonly kind: 'run'; readonly args: readonly string[] };

export interface Pressed {
  readonly state: TopState;
  readonly effect: TopEffect;
}

const PAGE = 10;
const NO_DIALOG: TopDialog = { kind: 'none' };

/** What a key does. Nothing that changes the stack happens without a question and `y`. Pure. */
export function pressKey(state: TopState, key: TopKey): Pressed {
  switch (key.kind) {
    case 'ctrl-c':
      return { state, effect: { kind: 'quit' } };
    case 'ctrl-z':
      return { state, effect: { kind: 'suspend' } };
    case 'ctrl-l':
      return { state, effect: { kind: 'repaint' } };
  }
  const { dialog } = state;
  switch (dialog.kind) {
    case 'none':
      return pressPlain({ ...state, message: undefined }, key);
    case 'help':
      return only({ ...state, dialog: NO_DIALOG });
    case 'confirm':
      return answer(state, dialog.args, key);
    case 'filter':
      return only(typeFilter(state, dialog.of, key));
    case 'modes':
      return only(chooseMode(state, dialog.index, key));
    default:
      return assertNever(dialog, 'dialog');
  }
}

function pressPlain(state: TopState, key: TopKey): Pressed {
  switch (key.kind) {
    case 'up':
      return only(select(state, -1));
    case 'down':
      return only(select(state, 1));
    case 'page-up':
      return only(select(state, -PAGE));
    case 'page-down':
      return only(select(state, PAGE));
    case 'home':
      return only(select(state, Number.NEGATIVE_INFINITY));
    case 'end':
      return only(select(state, Number.POSITIVE_INFINITY));
    case 'escape':
      // Whoever is looking at a part expects to see the whole again, and not the shell.
      return isFiltered(state)
        ? only({ ...state, serviceFilter: '', logFilter: '' })
        : { state, effect: { kind: 'quit' } };
    case 'char':
      return pressChar(state, key.char);
    default:
      return only(state);
  }
}

function isFiltered({ serviceFilter, logFilter }: TopState): boolean {
  return serviceFilter !== '' || logFilter !== '';
}

function pressChar(state: TopState, char: string): Pressed {
  switch (char) {
    case 'j':
      return only(select(state, 1));
    case 'k':
      return only(select(state, -1));
    case 's':
      return only(ask(state, 'start'));
    case 'x':
      return only(ask(state, 'stop'));
    case 'r':
      return only(ask(state, 'restart'));
    case 'm':
      return only(openModes(state));
    case '/':
      return only({ ...state, dialog: { kind: 'filter', of: 'services' } });
    case 'a':
      return only({ ...state, scope: state.scope === 'all' ? 'selected' : 'all' });
    case 'l':
      return only({ ...state, showsLog: !state.showsLog });
    case 'e':
      return only({ ...state, showsEvents: !state.showsEvents });
    case 'p':
      return only(withPause(state, !state.paused));
    case '?':
    case 'h':
      return only({ ...state, dialog: { kind: 'help' } });
    case 'q':
      return { state, effect: { kind: 'quit' } };
    default:
      return only(state);
  }
}

function select(state: TopState, by: number): TopState {
  const visible = visibleProcesses(state);
  const at = visible.findIndex(({ report }) => report.key === selectedProcess(state)?.report.key);
  const next = visible[Math.min(visible.length - 1, Math.max(0, at + by))];
  return next === undefined ? state : { ...state, selected: next.report.key };
}

function ask(state: TopState, verb: 'start' | 'stop' | 'restart'): TopState {
  const process = selectedProcess(state);
  if (process === undefined) return state;
  if (state.running !== undefined) return stillRunning(state);
  const { service, key } = process.report;
  const siblings = state.look.processes.filter(({ report }) => report.service === service).length;
  const many = siblings > 1 ? ` (all ${siblings} processes)` : '';
  const question = `${verb[0]?.toUpperCase()}${verb.slice(1)} ${service}${many}?`;
  return { ...state, selected: key, dialog: { kind: 'confirm', question, args: [verb, service] } };
}

function stillRunning(state: TopState): TopState {
  const command = `sigctl ${state.running?.args.join(' ')}`;
  return { ...state, message: { text: `${command} is still at work: one command at a time`, isBad: true } };
}

function openModes(state: TopState): TopState {
  if (state.running !== undefined) return stillRunning(state);
  const names = Object.keys(state.look.modes);
  const index = names.indexOf(state.look.mode ?? '');
  return { ...state, dialog: { kind: 'modes', index: Math.max(0, index) } };
}

function chooseMode(state: TopState, index: number, key: TopKey): TopState {
  const names = Object.keys(state.look.modes);
  const move = (by: number): TopState => {
    const next = Math.min(names.length - 1, Math.max(0, index + by));
    return { ...state, dialog: { kind: 'modes', index: next } };
  };
  const isChar = (char: string) => key.kind === 'char' && key.char === char;
  if (key.kind === 'up' || isChar('k')) return move(-1);
  if (key.kind === 'down' || isChar('j')) return move(1);
  if (key.kind === 'escape' || isChar('q')) return { ...state, dialog: NO_DIALOG };
  const mode = names[index];
  if (key.kind !== 'enter' || mode === undefined) return state;
  return { ...state, dialog: { kind: 'confirm', question: `Switch to mode ${mode}?`, args: ['mode', mode] } };
}

/** Only `y` is a yes; any other key is a no. */
function answer(state: TopState, args: readonly string[], key: TopKey): Pressed {
  const closed = { ...state, dialog: NO_DIALOG };
  if (key.kind !== 'char' || key.char.toLowerCase() !== 'y') {
    return only({ ...closed, message: { text: 'Nothing was changed', isBad: false } });
  }
  return state.running === undefined ? { state: closed, effect: { kind: 'run', args } } : only(stillRunning(closed));
}

/** What is typed counts at once. Enter keeps it, Escape takes it away, Tab goes to the other filter. */
function typeFilter(state: TopState, of: 'services' | 'log', key: TopKey): TopState {
  const text = of === 'services' ? state.serviceFilter : state.logFilter;
  const write = (next: string): TopState =>
    of === 'services' ? { ...state, serviceFilter: next } : { ...state, logFilter: next };
  switch (key.kind) {
    case 'char':
      return write(text + key.char);
    case 'paste':
      return write(text + key.text.replaceAll(/\p{Cc}/gu, ''));
    case 'backspace':
      return write([...text].slice(0, -1).join(''));
    case 'ctrl-u':
      return write('');
    case 'tab':
      return { ...state, dialog: { kind: 'filter', of: of === 'services' ? 'log' : 'services' } };
    case 'enter':
      return { ...state, dialog: NO_DIALOG };
    case 'escape':
      return { ...write(''), dialog: NO_DIALOG };
    default:
      return state;
  }
}

function only(state: TopState): Pressed {
  return { state, effect: { kind: 'none' } };
}
