/**
 * What each command is for, in the order of the list of all. Apart from the commands, so that the list and the completion of names
 * load none of them.
 */
export const PURPOSES = {
  start: 'Start services and wait until each is ready',
  stop: 'Stop services and wait until each process has exited',
  restart: 'Restart services with the manifest of now, and wait until each is ready',
  reload: 'Let services take up new code without a gap, where they can',
  recover: 'Bring PM2 and the watchdog back where both are gone; they take the services back',
  status: 'Show of each service whether it does its work, and why not',
  top: 'Watch services, logs and events on the whole screen, and start or stop services with a key',
  wait: 'Wait until services are healthy, or stopped',
  mode: 'Switch to a mode: stop what is not in it, start what is missing, leave the rest untouched',
  logs: 'Show what services have logged, several merged by time',
  why: 'Tell why a service ended last, what it said, and what happened next',
  history: 'Show what happened: each start, exit and command, with its cause and who did it',
  backup: 'Copy every database and the manifest while the services run, checked and with checksums',
  restore: 'Replace every database by that of a backup; on any fault the old state stands',
  doctor: 'Find what is wrong with the stack and its machine, and how to mend it',
  config: 'Show the manifest as sigctl understands it, or what a restart would change',
  env: 'Show the environment that a service gets, and where each value comes from',
  alerts: 'Show which alerts wait, were delivered or were given up, and why',
  host: 'Short names for other machines, for "sigctl @prod status"',
  deploy: 'Put the project on another machine, and switch to it without a gap',
  startup: 'Bring the mode and the services back after a reboot',
  unstartup: 'Take away what "sigctl startup" put in place; the services run on',
  init: 'Write a commented manifest from what is there: Procfile, compose, supervisord, package.json, PM2 file',
  completion: 'Complete commands, options, services and modes at the press of Tab',
  help: 'Explain a command or a topic',
} as const;

export type CommandName = keyof typeof PURPOSES;

export const COMMAND_NAMES = Object.keys(PURPOSES).filter(isCommandName);

export function isCommandName(word: string): word is CommandName {
  return Object.hasOwn(PURPOSES, word);
}
