import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { HOST_NAME, parseHostAddress } from '../core/host-address.js';
import { isRecord } from '../core/is-record.js';
import { EXIT, SigctlError } from '../errors.js';

/** Short name → address as typed. */
export type Hosts = Readonly<Record<string, string>>;

/** `$XDG_CONFIG_HOME/sigctl/hosts.json`, else below `~/.config`: hosts belong to a person, not to a project. */
export function hostsPath(env: Readonly<Record<string, string | undefined>>, home: string): string {
  const config = env['XDG_CONFIG_HOME'];
  return join(config === undefined || config === '' ? join(home, '.config') : config, 'sigctl', 'hosts.json');
}

/** @throws {SigctlError} `HOSTS_INVALID` (exit 4): the file is damaged, and guessing could reach the wrong machine. */
export function readHosts(path: string): Hosts {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {};
    throw invalid(path, error instanceof Error ? error.message : String(error));
  }
  return parseHosts(path, text);
}

/** Written by rename, so that another sigctl reads the old list or the new one. */
export function writeHosts(path: string, hosts: Hosts): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.${process.pid}`;
  try {
    writeFileSync(draft, `${JSON.stringify(hosts, null, 2)}\n`, { mode: 0o600 });
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}

function parseHosts(path: string, text: string): Hosts {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw invalid(path, error instanceof Error ? error.message : String(error));
  }
  if (!isRecord(value)) throw invalid(path, 'it is no JSON object');
  for (const [name, address] of Object.entries(value)) {
    const isSound = HOST_NAME.test(name) && typeof address === 'string' && parseHostAddress(address) !== undefined;
    if (!isSound) throw invalid(path, `"${name}" has no address such as user@vps:/srv/app`);
  }
  return Object.fromEntries(Object.entries(value).map(([name, address]) => [name, String(address)]));
}

function invalid(path: string, why: string): SigctlError {
  return new SigctlError(`Cannot read the hosts in "${path}": ${why}`, {
    code: 'HOSTS_INVALID',
    hint: `Correct the file, or move it away and add the hosts again: sigctl host add prod user@vps:/srv/app`,
    exitCode: EXIT.environment,
  });
}
