import { Command } from 'commander';
import { buildCommand } from '../../src/cli/build-command.js';
import type { Declaration } from '../../src/commands/declaration.js';
import type { InterruptSignal } from '../../src/commands/exit-code.js';
import type { MutatingDeps, SessionRequest, StackSession, StackView } from '../../src/commands/session.js';
import type { ObservedProcess } from '../../src/core/observed-process.js';
import type { StartOutcome, StopOutcome } from '../../src/core/outcome.js';
import { planReload, type ReloadOutcome } from '../../src/core/reload-plan.js';
import type { ReloadRule, Stack } from '../../src/core/stack.js';
import { serviceSpec, stackOf } from '../stack-literals.js';

/** Three services; trading needs market-data. */
export const STACK: Stack = stackOf(
  [serviceSpec('website'), serviceSpec('trading', { needs: ['market-data'] }), serviceSpec('market-data')],
  { modes: { minimal: ['trading'], full: ['website', 'trading', 'market-data'] } },
);

export interface Fake {
  readonly running?: readonly string[];
  /** Of these, oneshot services that have done their work. */
  readonly completed?: readonly string[];
  readonly mode?: string;
  readonly changed?: readonly string[];
  readonly interruptedBy?: InterruptSignal;
  /** How starts and stops end, by service; well, where nothing is said. */
  readonly starts?: Readonly<Record<string, StartOutcome>>;
  /** Services that reload themselves, and how that ends. */
  readonly reloadable?: readonly string[];
  readonly reloads?: Readonly<Record<string, ReloadOutcome>>;
  readonly stops?: Readonly<Record<string, StopOutcome>>;
}

/** Dependencies made by hand that write down each effect, and what was printed. */
export function fakeDeps(fake: Fake = {}) {
  const effects: string[] = [];
  const requests: SessionRequest[] = [];
  const seen = { stdout: '', stderr: '', exitCode: undefined as number | undefined, openViews: 0 };
  const session = fakeSession(fake, effects);
  const deps = {
    withSession: (request, work) => {
      requests.push(request);
      request.check?.({ stack: STACK, unlisted: [] });
      return work(session);
    },
    readView: async (): Promise<StackView> => ({
      stack: STACK,
      home: '/srv/.sigctl',
      mode: fake.mode,
      daemonPid: 77,
      reports: () => [],
    }),
    out: {
      print: (text) => {
        seen.stdout += `${text}\n`;
      },
      note: (text) => {
        seen.stderr += `${text}\n`;
      },
      showProgress: () => {
        seen.openViews++;
        let isOpen = true;
        return {
          report: () => undefined,
          done: () => {
            if (isOpen) seen.openViews--;
            isOpen = false;
          },
        };
      },
      width: 80,
      colour: false,
      setExitCode: (code) => {
        seen.exitCode = code;
      },
    },
  } satisfies MutatingDeps & { readView: () => Promise<StackView> };
  return { deps, effects, requests, seen };
}

function fakeSession(fake: Fake, effects: string[]): StackSession {
  const running = new Set(fake.running ?? []);
  const rule: ReloadRule = { signal: 'SIGHUP', withinMs: 20_000 };
  const reloadable = new Map((fake.reloadable ?? []).map((service) => [service, rule]));
  const start = (service: string): StartOutcome =>
    fake.starts?.[service] ?? { kind: 'ready', service, key: service, pid: 100, tookMs: 1_234 };
  const stop = (service: string): StopOutcome =>
    fake.stops?.[service] ?? { kind: 'stopped', service, key: service, pid: 100, tookMs: 120, forced: false };
  return {
    stack: STACK,
    unlisted: [],
    mode: fake.mode,
    changed: fake.changed ?? [],
    planStart: (services) =>
      services.map((service) => ({ kind: 'start', service, key: service, clear: [], earlier: [] })),
    planStop: (services) => services.map((service) => ({ kind: 'forget', service, key: service, leftovers: [] })),
    presence: () => ({ running, completed: new Set(fake.completed ?? []), present: running }),
    bootServices: () => fake.running ?? [],
    applyShutdown: async (steps) => {
      effects.push(`shutdown ${steps.map((step) => step.service).join(' ')}`);
      return steps.map((step) => stop(step.service));
    },
    applyStart: async (steps) => {
      effects.push(`start ${steps.map((step) => step.service).join(' ')}`);
      return steps.map((step) => start(step.service));
    },
    applyStop: async (steps) => {
      effects.push(`stop ${steps.map((step) => step.service).join(' ')}`);
      return steps.map((step) => stop(step.service));
    },
    applyRestart: async (services, { watchdog }) => {
      effects.push(`restart ${services.join(' ')}${watchdog ? ' and watchdog' : ''}`);
      return { stopped: services.map(stop), started: services.map(start) };
    },
    planReload: (services, orRestart) =>
      services.map((service) =>
        planReload(
          {
            spec: { ...serviceSpec(service), reload: reloadable.get(service) },
            processes: [seen(service, running)],
            isChanged: false,
          },
          orRestart,
        ),
      ),
    applyReload: async (steps, { watchdog }) => {
      effects.push(
        `${steps.map(({ kind, service }) => `${kind} ${service}`).join(', ')}${watchdog ? ' and watchdog' : ''}`,
      );
      return steps.map(
        ({ service, kind }) =>
          fake.reloads?.[service] ?? { kind: 'reloaded', service, how: kind, tookMs: 700, note: null },
      );
    },
    writeMode: (mode) => void effects.push(`mode ${mode}`),
    interruptedBy: () => fake.interruptedBy,
  };
}

function seen(key: string, running: ReadonlySet<string>) {
  const process: ObservedProcess = running.has(key)
    ? {
        kind: 'running',
        identity: { pid: 100, startToken: '1' },
        startedAtMs: 0,
        parent: 'pm2',
        starts: 1,
        memoryBytes: 1,
        cpuMs: 1,
        duplicates: [],
      }
    : { kind: 'none', lastExit: null, starts: 0, breakerOpen: false, holdback: null, leftovers: [] };
  return { key, instance: '0', process };
}

/** Parses a line as the program does: the command under a program that owns `--config`. */
export async function parse(
  typed: Command | Declaration,
  args: readonly string[],
): Promise<{ readonly stderr: string }> {
  let stderr = '';
  const program = new Command('sigctl')
    .option('-c, --config <file>')
    .option('--no-color')
    .exitOverride()
    .configureOutput({
      writeOut: () => undefined,
      writeErr: (text) => {
        stderr += text;
      },
    });
  const command = typed instanceof Command ? typed : buildCommand(typed);
  program.addCommand(command.copyInheritedSettings(program));
  await program.parseAsync([...args], { from: 'user' }).catch((error: Error) => {
    throw Object.assign(error, { stderr });
  });
  return { stderr };
}
