import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Duplex } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { findProgram, type Init, needsWholeState, runProgram } from './missing.js';

export const REPO = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

export interface GuestRun {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface MachineOptions {
  /** Holds the disk and all else of the machine; made when it is not there. */
  readonly folder: string;
  readonly init: Init;
  /** MiB. */
  readonly memory?: number;
}

/** A machine with a kernel of its own (User Mode Linux), on which commands run as root. */
export interface Machine {
  readonly bootId: string;
  /** Runs a shell script. Never rejects for its exit code. */
  readonly run: (script: string) => Promise<GuestRun>;
  /** Shuts down in order. */
  readonly powerOff: () => Promise<void>;
  /** As if the plug were pulled: nothing is written any more. */
  readonly cutPower: () => Promise<void>;
  /** Wakes it from suspend. */
  readonly wake: () => void;
  /** What the kernel printed. */
  readonly kernelLog: () => string;
}

const DISK_BYTES = 8 * 1024 ** 3;
const DEFAULT_MEMORY_MIB = 1024;

/** From a kernel that is started to a machine that takes commands. Hangs are ended, slow machines are not. */
const BOOT_DEADLINE_MS = 120_000;
const COMMAND_DEADLINE_MS = 180_000;
const POWER_OFF_DEADLINE_MS = 60_000;

/** @throws {Error} With what its kernel printed, when it does not come up. */
export async function boot({ folder, init, memory = DEFAULT_MEMORY_MIB }: MachineOptions): Promise<Machine> {
  const share = join(folder, 'share');
  mkdirSync(share, { recursive: true });
  const kernelLog = join(folder, 'kernel.log');
  const kernel = startKernel({ folder, share, kernelLog, init, memory });
  const readLog = () => readFileSync(kernelLog, 'utf8');
  const line = new SerialLine(kernel, share);
  try {
    const bootId = await within(BOOT_DEADLINE_MS, line.up, () => 'it takes no command');
    return {
      bootId,
      run: (script) =>
        within(COMMAND_DEADLINE_MS, line.run(script), () => `No end of: ${script}\n${readLog().slice(-4_000)}`),
      powerOff: async () => {
        line.tell(init === 'systemd' ? 'systemctl poweroff' : 'sync; echo o >/proc/sysrq-trigger');
        await within(POWER_OFF_DEADLINE_MS, ended(kernel), () => `No power off:\n${readLog().slice(-4_000)}`).catch(
          async (error: unknown) => {
            await endKernel(kernel);
            throw error;
          },
        );
      },
      cutPower: () => endKernel(kernel),
      // um_pm_wake (arch/um/os-Linux/signal.c): SIGUSR1 is the button.
      wake: () => void kernel.kill('SIGUSR1'),
      kernelLog: readLog,
    };
  } catch (error) {
    await endKernel(kernel);
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`The machine did not come up: ${why}\n${readLog().slice(-4_000)}`, { cause: error });
  }
}

interface KernelPlan extends Required<MachineOptions> {
  readonly share: string;
  readonly kernelLog: string;
}

function startKernel({ folder, share, kernelLog, init, memory }: KernelPlan): ChildProcess {
  const log = openSync(kernelLog, 'a');
  const kernel = spawn(
    findProgram('linux.uml') ?? 'linux.uml',
    [
      // The host's root, read-only: what the machine writes goes to its own disk and memory.
      'rootfstype=hostfs',
      'rootflags=/',
      'root=/dev/root',
      'ro',
      `ubd0=${makeDisk(folder)}`,
      `mem=${memory}M`,
      `init=${join(REPO, 'scripts/lab/guest/init.sh')}`,
      'con=null',
      'con0=null,fd:1',
      'ssl0=fd:3,fd:3',
      'umid=machine',
      `uml_dir=${folder}`,
      'panic=-1',
      `LAB_SHARE=${share}`,
      `LAB_INIT=${init}`,
      `LAB_REPO=${REPO}`,
      `LAB_NODE=${dirname(dirname(process.execPath))}`,
    ],
    {
      // Its processes are those of one group, which ends as a whole.
      detached: true,
      stdio: ['ignore', log, log, 'pipe'],
      env: { PATH: process.env['PATH'], ...preload(folder) },
    },
  );
  closeSync(log);
  return kernel;
}

function makeDisk(folder: string): string {
  const disk = join(folder, 'disk.ext4');
  try {
    closeSync(openSync(disk, 'wx'));
    truncateSync(disk, DISK_BYTES);
    runProgram('mke2fs', ['-q', '-F', '-t', 'ext4', disk]);
  } catch (error) {
    // The machine was there before.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return disk;
}

function preload(folder: string): { readonly LD_PRELOAD?: string } {
  if (!needsWholeState()) return {};
  const library = join(folder, 'xstate.so');
  runProgram('cc', ['-O2', '-shared', '-fPIC', '-o', library, join(REPO, 'scripts/lab/xstate.c')]);
  return { LD_PRELOAD: library };
}

/** The line to scripts/lab/guest/agent.sh. */
class SerialLine {
  readonly #share: string;
  readonly #stream: Duplex;
  readonly #waiting = new Map<number, { done: (exitCode: number) => void; failed: (error: Error) => void }>();
  #last = 0;
  /** The boot id, when the machine takes commands. */
  readonly up: Promise<string>;

  constructor(kernel: ChildProcess, share: string) {
    this.#share = share;
    this.#stream = kernel.stdio[3] as Duplex;
    // A machine that ends takes the line with it; whoever waits is told by the kernel's end.
    this.#stream.on('error', () => undefined);
    this.up = new Promise((resolve, reject) => {
      kernel.once('error', reject);
      kernel.once('exit', () => {
        const ended = new Error('its kernel ended');
        reject(ended);
        for (const { failed } of this.#waiting.values()) failed(ended);
      });
      createInterface({ input: this.#stream }).on('line', (text) => {
        const [word, first = '', second = ''] = text.trim().split(' ');
        if (word === 'up') resolve(first);
        if (word === 'done') this.#waiting.get(Number(first))?.done(Number(second));
      });
    });
    // Who boots waits for it; afterwards the kernel may end at any time.
    this.up.catch(() => undefined);
  }

  /** Without waiting for its end. */
  tell(script: string): number {
    this.#last += 1;
    writeFileSync(join(this.#share, `${this.#last}.sh`), `${script}\n`);
    this.#stream.write(`${this.#last}\n`);
    return this.#last;
  }

  async run(script: string): Promise<GuestRun> {
    const number = this.tell(script);
    const exitCode = await new Promise<number>((done, failed) => this.#waiting.set(number, { done, failed }));
    this.#waiting.delete(number);
    const read = (ending: string) => readFileSync(join(this.#share, `${number}.${ending}`), 'utf8');
    return { exitCode, stdout: read('out'), stderr: read('err') };
  }
}

async function within<Value>(deadlineMs: number, work: Promise<Value>, describe: () => string): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(describe())), deadlineMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

async function ended(kernel: ChildProcess): Promise<void> {
  if (kernel.exitCode === null && kernel.signalCode === null) await once(kernel, 'exit');
}

/** Kills the kernel and the processes in which it runs those of the machine. */
async function endKernel(kernel: ChildProcess): Promise<void> {
  const over = ended(kernel);
  if (kernel.pid !== undefined && kernel.exitCode === null && kernel.signalCode === null) {
    process.kill(-kernel.pid, 'SIGKILL');
  }
  await over;
}
