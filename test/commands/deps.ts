import { Command } from 'commander';
import type { MutatingDeps, SessionRequest, StackSession, StackView } from '../../src/commands/session.js';
import type { StartOutcome, StopOutcome } from '../../src/core/outcome.js';
import type { Stack } from '../../src/core/stack.js';
import { serviceSpec, stackOf } from '../stack-literals.js';

/** Three services; trading needs market-data. */
export const STACK: Stack = stackOf(
  [serviceSpec('website'), serviceSpec('trading', { needs: ['market-data'] }), serviceSpec('market-data')],
  { modes: { minimal: ['trading'], full: ['website', 'trading', 'market-data'] } },
);

export interface Fake {
  readonly running?: readonly string[];
  readonly mode?: string;
  readonly changed?: readonly string[];
  readonly interrupted?: boolean;
  /** How starts and stops end, by service; well, where nothing is said. */
  readonly starts?: Readonly<Record<string, StartOutcome>>;
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
    presence: () => ({ running, present: running }),
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
    writeMode: (mode) => void effects.push(`mode ${mode}`),
    interrupted: () => fake.interrupted ?? false,
  };
}

/** Parses a line as the program does: the command under a program that owns `--config`. */
export async function parse(command: Command, args: readonly string[]): Promise<{ readonly stderr: string }> {
  let stderr = '';
  const program = new Command('sigctl')
    .option('-c, --config <file>')
    .exitOverride()
    .configureOutput({
      writeOut: () => undefined,
      writeErr: (text) => {
        stderr += text;
      },
    });
  program.addCommand(command.copyInheritedSettings(program));
  await program.parseAsync([...args], { from: 'user' }).catch((error: Error) => {
    throw Object.assign(error, { stderr });
  });
  return { stderr };
}
