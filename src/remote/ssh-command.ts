import type { HostAddress } from '../core/host-address.js';

/** Exit codes of the script below, which sigctl itself never has: what is missing on the other side. */
export const MISSING = { folder: 96, sigctl: 97, node: 98 } as const;

/** What is to be run on a host. */
export interface RemoteCommand {
  readonly address: HostAddress;
  /** After `sigctl`. */
  readonly argv: readonly string[];
  /** Variables for the command there: colour and width of the terminal here. */
  readonly env: Readonly<Record<string, string>>;
  /** A terminal over there: prompts, full-screen views, Ctrl-C and window size go through by themselves. */
  readonly tty: boolean;
  /** Nobody is there to type a password. */
  readonly batch: boolean;
  /** Socket of the shared connection; `undefined`: each command has its own. */
  readonly controlPath: string | undefined;
}

/** `ssh` with its arguments; `ssh` may itself be several words (`SIGCTL_SSH_COMMAND='ssh -F file'`). */
export function sshCommand(ssh: readonly string[], command: RemoteCommand): readonly string[] {
  return [...sshOptions(ssh, command), command.tty ? '-t' : '-T', command.address.target, '--', remoteLine(command)];
}

/** The program and every option before the target, for rsync's `-e` too. */
export function sshOptions(
  ssh: readonly string[],
  { batch, controlPath }: Pick<RemoteCommand, 'batch' | 'controlPath'>,
): readonly string[] {
  return [
    ...ssh,
    ...option('ConnectTimeout', '10'),
    // Without its farewell ("Connection to vps closed.") after each command.
    ...option('LogLevel', 'ERROR'),
    // A connection that a router forgot ends within a minute instead of hanging.
    ...option('ServerAliveInterval', '15'),
    ...(batch ? option('BatchMode', 'yes') : []),
    ...(controlPath === undefined
      ? []
      : [...option('ControlMaster', 'auto'), ...option('ControlPath', controlPath), ...option('ControlPersist', '60')]),
  ];
}

function option(name: string, value: string): readonly string[] {
  return ['-o', `${name}=${value}`];
}

/** One line for the login shell there, whichever that is: `sh` with a script, and the words as its arguments. */
function remoteLine({ address, argv, env, tty }: RemoteCommand): string {
  const assignments = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  const script = tty ? `${FIND_SIGCTL}\n${RUN_ON_TERMINAL}` : `${FIND_SIGCTL}\n${RUN_WITHOUT_TERMINAL}`;
  return ['env', ...assignments, 'sh', '-c', script, 'sigctl', address.dir ?? '', ...argv].map(quote).join(' ');
}

/** Quotes for POSIX shells and fish alike. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** A shell that nobody logged into often lacks the PATH that a person has, so node is looked for. */
export const FIND_NODE = `
if ! command -v node >/dev/null 2>&1; then
  for folder in "$HOME"/.nvm/versions/node/*/bin "$HOME"/.local/bin "$HOME"/.volta/bin /usr/local/bin /opt/homebrew/bin; do
    [ -x "$folder/node" ] && PATH=$folder:$PATH
  done
  command -v node >/dev/null 2>&1 || exit ${MISSING.node}
fi
export PATH`;

/**
 * Enters the folder (`current` in it, where `sigctl deploy` has put releases), and leaves the sigctl of that project, else the
 * one of PATH, in `$sigctl`.
 */
export const FIND_SIGCTL = `
dir=$1; shift
if [ -n "$dir" ]; then
  case $dir in "~") dir=$HOME ;; "~/"*) dir=$HOME/\${dir#"~/"} ;; esac
  cd -- "$dir" 2>/dev/null || exit ${MISSING.folder}
fi
[ ! -e ecosystem.config.cjs ] && [ -e current/ecosystem.config.cjs ] && cd current
${FIND_NODE}
sigctl=
for candidate in ./node_modules/.bin/sigctl ./bin/sigctl; do
  [ -x "$candidate" ] && sigctl=$candidate && break
done
[ -n "$sigctl" ] || sigctl=$(command -v sigctl) || exit ${MISSING.sigctl}`;

const RUN_ON_TERMINAL = 'exec "$sigctl" "$@"';

/**
 * Without a terminal ssh carries no signal, so that Ctrl-C here would leave a \`logs -f\` running there. Each line on stdin names
 * a signal for it, and the end of stdin (the connection is gone) is a hang-up.
 */
const RUN_WITHOUT_TERMINAL = `
exec 3<&0
"$sigctl" "$@" </dev/null 3<&- &
child=$!
(
  while read -r signal; do kill -s "$signal" "$child" 2>/dev/null; done
  kill -s HUP "$child" 2>/dev/null
) <&3 >/dev/null 2>&1 &
relay=$!
exec 3<&-
wait "$child"
code=$?
kill "$relay" 2>/dev/null
exit "$code"`;
