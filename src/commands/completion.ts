import { Argument, Command, Option } from 'commander';
import { EXIT, SigctlError } from '../errors.js';
import { activation, type InstalledCompletion, renderInstalled } from '../render/completion.js';
import { COMPLETION_SCRIPTS, SHELLS, type Shell } from '../render/completion-scripts.js';
import { renderJson } from '../render/json.js';
import { jsonOption } from './options.js';
import type { Output } from './session.js';

/** The only things `completion` may touch. */
export interface CompletionDeps {
  /** Name of the shell that the user logs in with. */
  readonly loginShell: string | undefined;
  /** Puts the script where the shell looks. Throws when it cannot be written, or would replace somebody else's. */
  readonly install: (shell: Shell, script: string) => InstalledCompletion;
  readonly out: Pick<Output, 'print' | 'setExitCode'>;
  /** For sentences, which are broken between words on a terminal; a script is not (default: `out.print`). */
  readonly say?: Output['print'];
}

export interface CompletionOptions {
  readonly action: Shell | 'install';
  readonly shell: Shell | undefined;
  readonly json: boolean;
}

/** Declares `sigctl completion`. Tests of parsing pass their own `run`. */
export function completionCommand(deps: CompletionDeps, run = runCompletion): Command {
  return new Command('completion')
    .addArgument(
      new Argument('<action>', 'print the script for a shell, or install it').choices([...SHELLS, 'install']),
    )
    .addOption(new Option('--shell <shell>', 'shell to install for (default: that of $SHELL)').choices(SHELLS))
    .addOption(jsonOption())
    .addHelpText('after', EXAMPLES)
    .action((action: CompletionOptions['action'], { shell, json }: { shell?: Shell; json: boolean }) =>
      deps.out.setExitCode(run(deps, { action, shell, json })),
    );
}

const EXAMPLES = `
Examples:
  sigctl completion install              for your shell, where it looks for such scripts
  sigctl completion install --shell zsh  for another one
  source <(sigctl completion bash)       for this bash only

Files: bash \${XDG_DATA_HOME:-~/.local/share}/bash-completion/completions/sigctl, zsh ~/.zfunc/_sigctl,
fish \${XDG_CONFIG_HOME:-~/.config}/fish/completions/sigctl.fish. Your rc files are never changed.

Exit codes: 0 printed, installed, or there already; 1 there is a file that is not sigctl's; 2 wrong use; 4 it cannot be written.`;

/** @throws {SigctlError} SHELL_UNKNOWN, OPTIONS_CONFLICT (exit 2), and what `install` throws. */
export function runCompletion(deps: CompletionDeps, { action, shell, json }: CompletionOptions): number {
  if (action === 'install') {
    const target = shell ?? loginShell(deps);
    const installed = deps.install(target, COMPLETION_SCRIPTS[target]);
    const activate = activation(installed.shell, installed.path);
    if (json) deps.out.print(renderJson({ ok: true, ...installed, activate }));
    else tell(deps, renderInstalled(installed));
    return EXIT.ok;
  }
  if (shell !== undefined) throw shellTwice(action, shell);
  const script = COMPLETION_SCRIPTS[action];
  deps.out.print(json ? renderJson({ ok: true, shell: action, script }) : script.trimEnd());
  return EXIT.ok;
}

/** Lines to be typed stay whole. */
function tell({ out, say = out.print }: CompletionDeps, text: string): void {
  for (const line of text.split('\n')) (line.startsWith(' ') ? out.print : say)(line);
}

function loginShell({ loginShell: name }: CompletionDeps): Shell {
  const known = SHELLS.find((shell) => shell === name);
  if (known !== undefined) return known;
  const found = name === undefined ? 'SHELL is not set' : `"${name}" is none of ${SHELLS.join(', ')}`;
  throw new SigctlError(`Cannot tell which shell to install for: ${found}`, {
    code: 'SHELL_UNKNOWN',
    hint: 'Name it: sigctl completion install --shell bash',
    exitCode: EXIT.usage,
  });
}

function shellTwice(action: Shell, shell: Shell): SigctlError {
  return new SigctlError(`Cannot use --shell with "sigctl completion ${action}": it is for install`, {
    code: 'OPTIONS_CONFLICT',
    hint: `Did you mean: sigctl completion install --shell ${shell}`,
    exitCode: EXIT.usage,
  });
}
