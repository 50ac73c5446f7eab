import { HELP_TOPICS } from '../../src/render/help-topics.js';
import type { CommandPage, ProgramPages, Term } from './read-pages.js';

/** The text of `docs/commands.md`. */
export function commandsMarkdown({ purpose, options, commands }: ProgramPages): string {
  return [
    '<!-- Written by "npm run docs" from the program itself. Do not edit. -->',
    '# Commands of sigctl',
    `${purpose}.`,
    'The same texts are shown by `sigctl help <command or topic>`, and by `man sigctl` where the package is installed.',
    ['| Command | Purpose |', '|---|---|', ...commands.map(({ name, purpose }) => row(link(name), purpose))].join('\n'),
    `Topics: ${HELP_TOPICS.map(({ name, description }) => `[${name}](#${name}) (${inMarkdown(description)})`).join('; ')}.`,
    '## Options of every command',
    table('Option', options),
    ...commands.flatMap(renderCommand),
    ...HELP_TOPICS.flatMap(({ name, text }) => [`## ${name}`, fenced(text)]),
  ]
    .join('\n\n')
    .concat('\n');
}

function renderCommand(page: CommandPage): readonly string[] {
  return [
    `## sigctl ${page.name}`,
    `${inMarkdown(page.purpose)}.`,
    fenced(page.usage),
    ...(page.terms.length === 0 ? [] : [table('Argument', page.terms)]),
    ...(page.options.length === 0 ? [] : [table('Option', page.options)]),
    'Examples:',
    fenced(page.examples.join('\n'), 'sh'),
    ...page.notes.map((note) => (isLaidOut(note) ? fenced(note) : inMarkdown(note))),
    `Exit codes: ${inMarkdown(page.exitCodes)}`,
    ...(page.options.some(({ name }) => name === '--json')
      ? [`What \`--json\` prints: [schemas/${page.name}.schema.json](schemas/${page.name}.schema.json)`]
      : []),
  ];
}

/** Columns or a list: its lines stay as they are. */
export function isLaidOut(note: string): boolean {
  return /^ |\S {2,}\S/m.test(note);
}

function table(title: string, terms: readonly Term[]): string {
  return [`| ${title} | Meaning |`, '|---|---|', ...terms.map(({ name, meaning }) => row(`\`${name}\``, meaning))].join(
    '\n',
  );
}

function row(first: string, meaning: string): string {
  return `| ${first.replaceAll('|', '\\|')} | ${inMarkdown(meaning)} |`;
}

function link(name: string): string {
  return `[\`${name}\`](#sigctl-${name})`;
}

function fenced(text: string, language = 'text'): string {
  return `\`\`\`${language}\n${text}\n\`\`\``;
}

function inMarkdown(text: string): string {
  return text.replaceAll(/[|<>*_[\]]/g, (character) => `\\${character}`);
}
