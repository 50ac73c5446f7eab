import type { LogEntry, LogSource } from '../log-line.js';
import { addLook, type Tracks } from './samples.js';
import type { TopLook, TopProcess } from './top-look.js';

/** More than any screen has lines, so that a filter still finds some. */
const LINES_KEPT = 2_000;

/** Everything that a frame of `sigctl top` is drawn from. */
export interface TopState {
  readonly look: TopLook;
  readonly tracks: Tracks;
  /** Why the last look failed; what is shown is older. */
  readonly fault: string | undefined;
  /** Key of the selected process. */
  readonly selected: string | undefined;
  /** Whose log and events are shown. */
  readonly scope: 'selected' | 'all';
  readonly showsLog: boolean;
  readonly showsEvents: boolean;
  readonly serviceFilter: string;
  readonly logFilter: string;
  readonly dialog: TopDialog;
  readonly paused: boolean;
  readonly lines: readonly LogEntry[];
  /** Came while it was paused. */
  readonly held: readonly LogEntry[];
  /** The command that is at work. */
  readonly running: RunningCommand | undefined;
  readonly message: TopMessage | undefined;
}

/** What the keys belong to at the moment. */
export type TopDialog =
  | { readonly kind: 'none' }
  | { readonly kind: 'help' }
  | { readonly kind: 'confirm'; readonly question: string; readonly args: readonly string[] }
  | { readonly kind: 'filter'; readonly of: 'services' | 'log' }
  | { readonly kind: 'modes'; readonly index: number };

export interface RunningCommand {
  /** What follows `sigctl`. */
  readonly args: readonly string[];
  readonly sinceMs: number;
}

export interface TopMessage {
  readonly text: string;
  readonly isBad: boolean;
}

/** How a command that was started with a key ended. */
export interface TopOutcome {
  readonly args: readonly string[];
  readonly isDone: boolean;
  /** Its first telling line. */
  readonly text: string;
}

export function firstState(look: TopLook): TopState {
  return {
    look,
    tracks: addLook(new Map(), look),
    fault: undefined,
    selected: look.processes[0]?.report.key,
    scope: 'all',
    showsLog: true,
    showsEvents: true,
    serviceFilter: '',
    logFilter: '',
    dialog: { kind: 'none' },
    paused: false,
    lines: [],
    held: [],
    running: undefined,
    message: undefined,
  };
}

/** While it is paused nothing that is seen moves; what is missed in that time is a gap. */
export function withLook(state: TopState, look: TopLook): TopState {
  if (state.paused) return state;
  return { ...state, look, tracks: addLook(state.tracks, look), fault: undefined };
}

export function withLines(state: TopState, lines: readonly LogEntry[]): TopState {
  if (state.paused) return { ...state, held: [...state.held, ...lines].slice(-LINES_KEPT) };
  return { ...state, lines: [...state.lines, ...lines].slice(-LINES_KEPT) };
}

export function withPause(state: TopState, paused: boolean): TopState {
  return withLines({ ...state, paused, held: [] }, paused ? [] : state.held);
}

export function withOutcome(state: TopState, { args, isDone, text }: TopOutcome): TopState {
  const command = `sigctl ${args.join(' ')}`;
  return { ...state, running: undefined, message: { text: `${command}: ${text}`, isBad: !isDone } };
}

/** The processes that the filter leaves, by key, service or verdict. */
export function visibleProcesses({ look, serviceFilter }: TopState): readonly TopProcess[] {
  const wanted = serviceFilter.toLowerCase();
  if (wanted === '') return look.processes;
  return look.processes.filter(({ report }) => `${report.key} ${report.verdict}`.toLowerCase().includes(wanted));
}

/** The selected process; the first one where that is not among those shown. */
export function selectedProcess(state: TopState): TopProcess | undefined {
  const visible = visibleProcesses(state);
  return visible.find(({ report }) => report.key === state.selected) ?? visible[0];
}

/** The logs to follow: none while nobody sees them. */
export function wantedSources(state: TopState): readonly LogSource[] {
  if (!state.showsLog) return [];
  const one = selectedProcess(state);
  const processes = state.scope === 'all' ? state.look.processes : one === undefined ? [] : [one];
  return processes.map(({ report: { service, instance, key } }) => ({ service, instance, key }));
}
