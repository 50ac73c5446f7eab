export interface IniSection {
  readonly name: string;
  readonly values: ReadonlyMap<string, string>;
}

export interface Ini {
  /** In the file's order; a section that comes twice is one, and the later value wins. */
  readonly sections: readonly IniSection[];
  readonly repeated: readonly string[];
  /** Numbers of lines that are none of this format. */
  readonly strange: readonly number[];
}

/** Reads INI as Python's configparser does for supervisor: `key=value` or `key: value`, `;` and `#`, continued lines indented. */
export function readIni(text: string): Ini {
  const sections = new Map<string, Map<string, string>>();
  const repeated: string[] = [];
  const strange: number[] = [];
  let section: Map<string, string> | undefined;
  let key: string | undefined;
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.replace(/(^|\s)[;#].*$/, '').trimEnd();
    if (line.trim() === '') continue;
    const header = /^\[([^\]]+)\]$/.exec(line.trim())?.[1]?.trim();
    const pair = /^([^\s=:][^=:]*?)\s*[=:]\s*(.*)$/.exec(line);
    if (header !== undefined) {
      if (sections.has(header)) repeated.push(header);
      section = sections.get(header) ?? new Map();
      sections.set(header, section);
      key = undefined;
    } else if (/^\s/.test(line) && section !== undefined && key !== undefined) {
      section.set(key, `${section.get(key) ?? ''}\n${line.trim()}`);
    } else if (pair?.[1] !== undefined && section !== undefined) {
      key = pair[1].toLowerCase();
      section.set(key, pair[2] ?? '');
    } else strange.push(index + 1);
  }
  return { sections: [...sections].map(([name, values]) => ({ name, values })), repeated, strange };
}
