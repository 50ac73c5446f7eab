import { type AppBlock, blankOpaque, findApps } from './app-blocks.js';
import { jsValue } from './js-text.js';
import { readYaml } from './read-yaml.js';
import { isBlock } from './record.js';
import { sourceBroken } from './source-error.js';

/** A PM2 file with proposals for sigctl in comments, so that it means exactly what it meant. */
export interface CommentedPm2File {
  readonly text: string;
  /** Names of the apps that are written down, for the report; computed ones are only known to the loader. */
  readonly apps: number;
  readonly notes: readonly string[];
}

const APP_PROPOSAL = [
  '// sigctl: {',
  '//   // when it counts as started; or tcp, log, command, delay',
  "//   ready: { http: '/health', port: 3000, within: '30s' },",
  '//   // once it writes heartbeats: silent for longer means hung',
  "//   health: { heartbeat: '15s' },",
  '//   // order, when both start; `needs` starts it too',
  "//   after: ['database'],",
  '//   // let in from your shell; nothing else of it gets in',
  "//   passEnv: ['PORT'],",
  '// },',
];
const TOP_PROPOSAL = ["// sigctl: { modes: { minimal: ['web'], full: '*' } }, // sigctl mode minimal"];
const HEAD = '// Taken over by "sigctl init" as it was; comments say what sigctl could add.\n';

/**
 * Keeps every character of a PM2 file (JavaScript, JSON or YAML) and adds commented `sigctl` blocks, once.
 *
 * @throws {SigctlError} `INIT_SOURCE_BROKEN` for an ES module that imports, and for YAML without apps.
 */
export async function commentPm2File(text: string, source: string): Promise<CommentedPm2File> {
  const notes: string[] = [];
  const script = await asCommonJs(text, source, notes);
  const { keyAt, apps } = findApps(script);
  if (apps.length === 0) notes.push('its apps are computed, so that no proposal could be put beside them');
  const insertions = [
    ...apps.filter((app) => !mentionsSigctl(script.slice(app.open, app.close))).map((app) => appInsertion(script, app)),
    ...(keyAt === undefined || hasTopBlock(script, apps) ? [] : [topInsertion(script, keyAt)]),
  ];
  const commented = insert(script, insertions);
  return {
    text: commented.startsWith(HEAD) || insertions.length === 0 ? commented : withHead(commented),
    apps: apps.length,
    notes,
  };
}

async function asCommonJs(text: string, source: string, notes: string[]): Promise<string> {
  if (/\.ya?ml$/.test(source)) {
    const value = await readYaml(text, source);
    if (!isBlock(value) || !('apps' in value)) throw sourceBroken(source, 'it has no "apps"');
    notes.push('YAML became JavaScript: its comments are not taken over');
    return `module.exports = ${prettyValue(value)};\n`;
  }
  if (source.endsWith('.json')) {
    refuseCode(text, source);
    return `module.exports = ${text.trim()};\n`;
  }
  const code = blankOpaque(text);
  if (/^\s*import\s/m.test(code))
    throw sourceBroken(source, 'it is an ES module with imports, and a manifest is CommonJS (require)');
  const exported = /^export\s+default\b/m.exec(code);
  if (exported === null) return text;
  notes.push('"export default" became "module.exports ="');
  return `${text.slice(0, exported.index)}module.exports =${text.slice(exported.index + exported[0].length)}`;
}

/** What is called JSON is going to be evaluated as JavaScript, so it has to be JSON. */
function refuseCode(text: string, source: string): void {
  try {
    JSON.parse(text);
  } catch {
    // The message of JSON.parse quotes the text, which may hold a secret.
    throw sourceBroken(source, 'it is no JSON (comments and trailing commas are none)');
  }
}

/** One app a line and one key a line, like people write it. */
function prettyValue(value: Readonly<Record<string, unknown>>): string {
  const entries = Object.entries(value).map(([key, entry]) => {
    if (key !== 'apps' || !Array.isArray(entry)) return `  ${jsValue({ [key]: entry }).slice(2, -2)},`;
    const apps = entry.map((app: unknown) => {
      if (!isBlock(app)) return `    ${jsValue(app)},`;
      const fields = Object.entries(app).map(([name, field]) => `      ${jsValue({ [name]: field }).slice(2, -2)},`);
      return ['    {', ...fields, '    },'].join('\n');
    });
    return ['  apps: [', ...apps, '  ],'].join('\n');
  });
  return ['{', ...entries, '}'].join('\n');
}

interface Insertion {
  readonly at: number;
  readonly text: string;
}

function mentionsSigctl(block: string): boolean {
  return /(?<![\w$.])["']?sigctl["']?\s*:/.test(block);
}

function hasTopBlock(script: string, apps: readonly AppBlock[]): boolean {
  const outside = apps.reduceRight((text, app) => text.slice(0, app.open) + text.slice(app.close), script);
  return mentionsSigctl(outside);
}

/** Behind the opening bracket, each line with a break after it: whatever follows stays code. */
function appInsertion(script: string, { open }: AppBlock): Insertion {
  const indent = `${indentAt(script, open)}  `;
  const breaksItself = /^[^\S\n]*\r?\n/.test(script.slice(open + 1));
  const lines = APP_PROPOSAL.map((line) => `\n${indent}${line}`).join('');
  return { at: open + 1, text: breaksItself ? lines : `${lines}\n${indent}` };
}

function topInsertion(script: string, at: number): Insertion {
  const indent = indentAt(script, at);
  const startsLine = script.slice(0, at).trimEnd() === '' || /\n[^\S\n]*$/.test(script.slice(0, at));
  const lines = TOP_PROPOSAL.join(`\n${indent}`);
  return { at, text: startsLine ? `${lines}\n${indent}` : `\n${indent}  ${lines}\n${indent}  ` };
}

function indentAt(script: string, at: number): string {
  const lineStart = script.lastIndexOf('\n', at - 1) + 1;
  return /^[^\S\n]*/.exec(script.slice(lineStart, at))?.[0] ?? '';
}

function insert(script: string, insertions: readonly Insertion[]): string {
  const fromTheEnd = [...insertions].sort((left, right) => right.at - left.at);
  return fromTheEnd.reduce((text, { at, text: added }) => text.slice(0, at) + added + text.slice(at), script);
}

/** A `#!` has to stay the first line. */
function withHead(script: string): string {
  const shebang = /^#![^\n]*\n/.exec(script)?.[0] ?? '';
  return shebang + HEAD + script.slice(shebang.length);
}
