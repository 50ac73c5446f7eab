export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** Stands in every script, so that a file of somebody else is not taken for ours. */
export const SCRIPT_MARK = 'Written by sigctl.';

/**
 * What each shell reads to complete `sigctl`. They hold no knowledge of their own and ask `sigctl __complete`, so they need no
 * renewal with sigctl. Lines without a tab are something that the manifest printed.
 */
export const COMPLETION_SCRIPTS: Readonly<Record<Shell, string>> = {
  bash: `# Completion of sigctl for bash. ${SCRIPT_MARK}
_sigctl() {
  local cur=\${COMP_WORDS[COMP_CWORD]} line program
  program=$(type -P -- "$1") || program=sigctl
  [[ $cur == = ]] && cur=
  COMPREPLY=()
  while IFS= read -r line; do
    case $line in
      *:files$'\\t'*)
        compopt -o filenames 2>/dev/null
        while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -f -- "$cur") ;;
      *:folders$'\\t'*)
        compopt -o filenames 2>/dev/null
        while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -d -- "$cur") ;;
      *$'\\t'*) COMPREPLY+=("\${line%%$'\\t'*}") ;;
    esac
  done < <("$program" __complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _sigctl sigctl
`,
  zsh: `#compdef sigctl
# Completion of sigctl for zsh. ${SCRIPT_MARK}
_sigctl() {
  local line program=\${(Q)words[1]}
  local -a described
  [[ -n \${commands[$program]} || $program == */* ]] || program=sigctl
  for line in "\${(@f)$("\${~program}" __complete -- "\${(@Q)words[2,CURRENT]}" 2>/dev/null)}"; do
    case $line in
      *:files$'\\t'*) compset -P '*='; _files; return ;;
      *:folders$'\\t'*) compset -P '*='; _files -/; return ;;
      *$'\\t'*) described+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}") ;;
    esac
  done
  _describe sigctl described
}
if [[ $funcstack[1] == _sigctl ]]; then _sigctl "$@"; else compdef _sigctl sigctl; fi
`,
  fish: `# Completion of sigctl for fish. ${SCRIPT_MARK}
function __sigctl_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    test (count $current) -eq 0; and set current ''
    set -l program $words[1]
    set -l prefix
    type -q $program; or set program sigctl
    for line in (command $program __complete -- $words[2..-1] $current 2>/dev/null)
        switch $line
            case '*:files'\\t'*'
                set prefix (string match -r '^-[^=]*=' -- $current)
                for path in (__fish_complete_path (string replace -r '^-[^=]*=' '' -- $current))
                    echo "$prefix$path"
                end
            case '*:folders'\\t'*'
                set prefix (string match -r '^-[^=]*=' -- $current)
                for path in (__fish_complete_directories (string replace -r '^-[^=]*=' '' -- $current))
                    echo "$prefix$path"
                end
            case '*'\\t'*'
                echo $line
        end
    end
end
complete -c sigctl -f -a '(__sigctl_complete)'
`,
};
