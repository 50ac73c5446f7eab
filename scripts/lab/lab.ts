import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ServiceReport } from '../../src/core/service-report.js';
import { boot, type GuestRun, type Machine, REPO } from './machine.js';
import type { Init } from './missing.js';

/** Where the project of the lab lies in its machine, on its disk. */
export const PROJECT = '/srv/app';
export const PROGRAMS = join(REPO, 'scripts/lab/programs');

/** Every wait ends by then: each system call of such a machine costs some of the host's. */
const DEADLINE_MS = 90_000;
const POLL_MS = 200;

/** As root, or as the machine's unprivileged user, who is called `operator`. */
export type User = 'root' | 'operator';
const OPERATOR_ID = 4242;

interface Typed {
  readonly as?: User;
  /** That it has to end with. */
  readonly exitCode?: number;
  /** In front of the command: `FEED=kraken`. */
  readonly variables?: string;
}

/** One line of what was done or seen, for whoever watches. */
export type Tell = (line: string) => void;

/** A machine with a project on its disk, and the commands that one would type there. */
export class Lab {
  readonly #folder: string;
  readonly #init: Init;
  readonly tell: Tell;
  #machine: Machine;

  private constructor(machine: Machine, { folder, init, tell }: { folder: string; init: Init; tell: Tell }) {
    this.#folder = folder;
    this.#init = init;
    this.tell = tell;
    this.#machine = machine;
  }

  /** Boots a machine of its own, and leaves nothing of it behind. */
  static async with(init: Init, tell: Tell, use: (lab: Lab) => Promise<void>): Promise<void> {
    const folder = mkdtempSync(join(tmpdir(), 'sigctl-lab-'));
    try {
      const lab = new Lab(await boot({ folder, init }), { folder, init, tell });
      try {
        tell(`machine up: kernel ${(await lab.sh('uname -r')).trim()}, boot ${lab.bootId}`);
        await use(lab);
      } catch (error) {
        await lab.#tellState().catch(() => tell('(the machine does not answer any more)'));
        throw error;
      } finally {
        await lab.#machine.cutPower();
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  /** For whoever looks for what went wrong. */
  async #tellState(): Promise<void> {
    const sigctl = `'${process.execPath}' '${REPO}/bin/sigctl'`;
    const { stdout, stderr } = await this.run(
      `cd ${PROJECT} && { ${sigctl} status; ${sigctl} history; tail -n 40 logs/watchdog.log .sigctl/pm2/pm2.log; } 2>&1`,
    );
    this.tell([stdout, stderr, this.kernelLog().slice(-2_000)].join('\n'));
  }

  get bootId(): string {
    return this.#machine.bootId;
  }

  kernelLog(): string {
    return this.#machine.kernelLog();
  }

  /** Runs a script as root. Never rejects for its exit code. */
  run(script: string): Promise<GuestRun> {
    return this.#machine.run(script);
  }

  /** What a script prints. @throws {Error} When it fails. */
  async sh(script: string): Promise<string> {
    const { exitCode, stdout, stderr } = await this.run(script);
    if (exitCode !== 0) throw new Error(`${script}\nended with ${exitCode}: ${stderr}${stdout}`);
    return stdout;
  }

  /** Runs `bin/sigctl` in the project, and tells what was typed and what came. */
  async sigctl(words: string, { as = 'root', exitCode = 0, variables = '' }: Typed = {}): Promise<string> {
    const run = await this.run(
      `cd ${PROJECT} && ${variables} ${asUser(as)}'${process.execPath}' '${REPO}/bin/sigctl' ${words}`,
    );
    const shown = words.includes('--json') ? [] : indent(run.stdout + run.stderr);
    this.tell([`${as === 'root' ? '#' : '$'} ${[variables, 'sigctl', words].join(' ').trim()}`, ...shown].join('\n'));
    assert.equal(run.exitCode, exitCode, `sigctl ${words}: ${run.stderr}${run.stdout}`);
    return run.stdout;
  }

  async reports(as: User = 'root'): Promise<readonly ServiceReport[]> {
    const run = await this.run(
      `cd ${PROJECT} && ${asUser(as)}'${process.execPath}' '${REPO}/bin/sigctl' status --json`,
    );
    return (JSON.parse(run.stdout) as { services: ServiceReport[] }).services;
  }

  async report(key: string): Promise<ServiceReport> {
    const found = (await this.reports()).find((report) => report.key === key);
    if (found === undefined) throw new Error(`No report of "${key}"`);
    return found;
  }

  /** The last word on a service, as `sigctl why` tells it. */
  async why(service: string, as: User = 'root'): Promise<Story> {
    await this.sigctl(`why ${service}`, { as });
    const { stories } = JSON.parse(await this.sigctl(`why ${service} --json`, { as })) as { stories: Story[] };
    const [story] = stories;
    if (story === undefined) throw new Error(`No story of "${service}"`);
    return story;
  }

  /** What the PID file says, 0 while there is none. */
  async pid(key: string): Promise<number> {
    return Number((await this.run(`cat ${PROJECT}/.sigctl/run/${key}.pid`)).stdout);
  }

  async writeProject(manifest: unknown, owner: User = 'root'): Promise<void> {
    await this.sh(
      [
        `mkdir -p ${PROJECT}`,
        `cat >${PROJECT}/ecosystem.config.cjs <<'EOF'\nmodule.exports = ${JSON.stringify(manifest, null, 2)};\nEOF`,
        `chown -R ${owner === 'root' ? 0 : OPERATOR_ID} ${PROJECT}`,
        // It was written long ago: only what sigctl writes is put to the test by a power cut.
        'sync',
      ].join('\n'),
    );
  }

  /** @throws {Error} When it does not come true. @returns What was read when it did. */
  async until<Value>(what: string, read: () => Promise<Value>, holds: (value: Value) => boolean): Promise<Value> {
    const startedAt = performance.now();
    for (;;) {
      const value = await read();
      if (holds(value)) return value;
      if (performance.now() - startedAt > DEADLINE_MS)
        throw new Error(`Not within ${DEADLINE_MS} ms: ${what}; ${JSON.stringify(value)}`);
      await sleep(POLL_MS);
    }
  }

  /** Shuts the machine down in order, or pulls the plug, and boots it again from the same disk. */
  async reboot(how: 'in order' | 'power cut'): Promise<void> {
    if (how === 'in order') await this.#machine.powerOff();
    else await this.#machine.cutPower();
    this.#machine = await boot({ folder: this.#folder, init: this.#init });
    this.tell(`machine up again (${how}): boot ${this.bootId}`);
  }

  /** Lets it sleep until `wake`. */
  async suspend(forMs: number): Promise<void> {
    const slept = this.run('echo freeze >/sys/power/state');
    await sleep(forMs);
    this.#machine.wake();
    const { exitCode, stderr } = await slept;
    assert.equal(exitCode, 0, stderr);
  }
}

export interface Story {
  readonly what: string;
  readonly of: string | null;
  readonly cause: string | null;
  readonly actor: string | null;
  readonly reason: string | null;
  readonly sequel: string | null;
}

/** The beginning of a command line. Their cgroup stays that of who asks. */
export function asUser(user: User): string {
  if (user === 'root') return '';
  return `setpriv --reuid ${OPERATOR_ID} --regid ${OPERATOR_ID} --clear-groups env HOME=/home/operator XDG_RUNTIME_DIR=/run/user/${OPERATOR_ID} `;
}

function indent(text: string): readonly string[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => `    ${line}`.trimEnd());
}
