import { assertNever } from '../core/assert-never.js';
import type { Shell } from './completion-scripts.js';

/** What became of the completion script. */
export interface InstalledCompletion {
  readonly shell: Shell;
  readonly path: string;
  /** False: the file was there already, as it should be. */
  readonly changed: boolean;
}

/** What was written, and what is left to do. */
export function renderInstalled(installed: InstalledCompletion): string {
  const { path, changed, shell } = installed;
  return [changed ? `Wrote ${path}` : `Already there: ${path}`, ...activation(shell, path)].join('\n');
}

/** How the completion comes to life in a shell, in lines. */
export function activation(shell: Shell, path: string): readonly string[] {
  switch (shell) {
    case 'bash':
      return [
        'New shells have it where the package bash-completion is in use.',
        'For this shell, or in ~/.bashrc where it is not:',
        `  source '${path.replaceAll("'", `'\\''`)}'`,
      ];
    case 'zsh':
      return [
        'If they are not there yet, add these lines to ~/.zshrc, then open a new shell:',
        '  fpath=(~/.zfunc $fpath)',
        '  autoload -Uz compinit && compinit',
        'Where compinit is called already, the first line belongs above it.',
      ];
    case 'fish':
      return ['New shells have it; there is nothing else to do.'];
    default:
      return assertNever(shell, 'shell');
  }
}
