/** A `sigctl` command line that can be pasted into a shell: words that it would take apart are quoted. */
export function shellLine(words: readonly string[]): string {
  return ['sigctl', ...words.map(quote)].join(' ');
}

function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
