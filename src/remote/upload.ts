import { spawn, spawnSync } from 'node:child_process';
import { type DeploySource, EXCLUDED } from '../core/deploy.js';
import type { Connection } from './connection.js';
import { UNPACK } from './deploy-scripts.js';
import type { Host } from './find-host.js';
import { collectRun, type ScriptRun, startScript } from './run-script.js';
import { quote, sshOptions } from './ssh-command.js';

export interface Upload<Kind extends DeploySource['kind']> {
  readonly source: Extract<DeploySource, { kind: Kind }>;
  readonly place: { readonly root: string; readonly release: string; readonly current: string | undefined };
  readonly signal: AbortSignal;
}

/**
 * Sends a folder, by rsync where both sides have it: what the release in force has already is copied there (`--copy-dest`), not sent. Not
 * linked (`--link-dest`): a build that writes into a file in place would write into the release that serves.
 */
export function uploadFolder(
  connection: Connection,
  host: Host,
  upload: Upload<'folder'> & { readonly hasRsync: boolean },
): Promise<ScriptRun> {
  const { source, place, signal, hasRsync } = upload;
  if (!hasRsync || spawnSync('rsync', ['--version'], { stdio: 'ignore' }).status !== 0)
    return pipeTar(connection, host, {
      program: 'tar',
      args: tarArgs(source),
      list: listOf(source),
      place,
      signal,
    });
  const child = spawn('rsync', rsyncArgs(connection, host, { source, place }), { stdio: ['pipe', 'pipe', 'pipe'] });
  const run = collectRun(child, { signal });
  child.stdin.end(listOf(source));
  return run;
}

/** Sends a commit as git has it. */
export function uploadTar(connection: Connection, host: Host, upload: Upload<'git'>): Promise<ScriptRun> {
  const { source, place, signal } = upload;
  const args = ['-C', source.folder, 'archive', '--format=tar', source.commit];
  return pipeTar(connection, host, { program: 'git', args, list: '', place, signal });
}

function rsyncArgs(
  connection: Connection,
  host: Host,
  { source, place }: Pick<Upload<'folder'>, 'source' | 'place'>,
): readonly string[] {
  const ssh = sshOptions(connection.ssh, { batch: false, controlPath: connection.controlPath });
  return [
    '-a',
    // Paths with blanks, with every version of rsync.
    '--protect-args',
    '-e',
    ssh.map(quoteForRsync).join(' '),
    ...(place.current === undefined ? [] : [`--copy-dest=${place.root}/releases/${place.current}`]),
    ...(source.files === undefined ? EXCLUDED.map((name) => `--exclude=/${name}`) : ['--files-from=-', '--from0']),
    ...(source.files === undefined ? ['--exclude=node_modules'] : []),
    `${source.folder}/`,
    `${bracketed(host.address.target)}:${place.root}/releases/${place.release}/`,
  ];
}

/** rsync splits `-e` at blanks, and knows quotes, though no backslash. */
function quoteForRsync(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : quote(word);
}

/** An IPv6 address would end at its first colon. */
function bracketed(target: string): string {
  const at = target.lastIndexOf('@');
  const address = target.slice(at + 1);
  return address.includes(':') ? `${target.slice(0, at + 1)}[${address}]` : target;
}

function tarArgs({ folder, files }: Extract<DeploySource, { kind: 'folder' }>): readonly string[] {
  const what =
    files === undefined
      ? [...EXCLUDED.map((name) => `--exclude=./${name}`), '--exclude=node_modules', '.']
      : ['--null', '-T', '-'];
  return ['-cf', '-', '-C', folder, ...what];
}

function listOf({ files }: Extract<DeploySource, { kind: 'folder' }>): string {
  return (files ?? []).map((file) => `${file}\0`).join('');
}

interface TarPipe extends Pick<Upload<'git'>, 'place' | 'signal'> {
  readonly program: string;
  readonly args: readonly string[];
  /** For its stdin. */
  readonly list: string;
}

async function pipeTar(
  connection: Connection,
  host: Host,
  { program, args, list, place, signal }: TarPipe,
): Promise<ScriptRun> {
  const writer = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  const reader = startScript(connection, host, { script: UNPACK, args: [place.root, place.release] });
  if (reader.stdin !== null) writer.stdout.pipe(reader.stdin);
  writer.stdin.on('error', () => undefined);
  writer.stdin.end(list);
  let said = '';
  writer.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const written = new Promise<number>((resolve) => {
    writer.once('error', (error) => {
      said = error.message;
      reader.stdin?.end();
      resolve(1);
    });
    writer.once('close', (code) => resolve(code ?? 1));
  });
  const stop = (): void => void writer.kill('SIGTERM');
  signal.addEventListener('abort', stop, { once: true });
  const [exitCode, read] = await Promise.all([written, collectRun(reader, { signal })]);
  signal.removeEventListener('abort', stop);
  return exitCode === 0 ? read : { exitCode, stdout: '', stderr: said };
}
