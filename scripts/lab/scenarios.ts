import { showBoot, showUserBoot } from './boot.js';
import { showCgroup } from './cgroup.js';
import { showClock } from './clock.js';
import type { Lab } from './lab.js';
import type { Init } from './missing.js';
import { showPowerCut } from './power-cut.js';
import { showSuspend } from './suspend.js';

export interface Scenario {
  readonly name: string;
  readonly init: Init;
  /** What it promises. */
  readonly shows: string;
  /** @throws {AssertionError} When something is not as promised. */
  readonly run: (lab: Lab) => Promise<void>;
}

export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'cgroup',
    init: 'plain',
    shows: 'the kernel ends a service that takes too much memory, and nobody else',
    run: showCgroup,
  },
  {
    name: 'clock',
    init: 'plain',
    shows: 'a clock that is set by hours restarts nobody and hides nothing',
    run: showClock,
  },
  {
    name: 'suspend',
    init: 'plain',
    shows: 'a machine that slept for longer than every limit restarts nobody',
    run: showSuspend,
  },
  {
    name: 'power-cut',
    init: 'plain',
    shows: 'what a command has acknowledged holds when the plug is pulled at that moment',
    run: showPowerCut,
  },
  {
    name: 'boot',
    init: 'systemd',
    shows: 'the mode and its services come back after a reboot and after a power cut',
    run: showBoot,
  },
  {
    name: 'boot-user',
    init: 'systemd',
    shows: "the same with a unit of the user's own, who is not logged in and has no privilege",
    run: showUserBoot,
  },
];
