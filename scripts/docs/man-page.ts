import { HELP_TOPICS } from '../../src/render/help-topics.js';
import { isLaidOut } from './commands-markdown.js';
import type { CommandPage, ProgramPages, Term } from './read-pages.js';

/** The text of `man sigctl`, in the macros of man(7). Without a date, so that the same program gives the same page. */
export function manPage({ purpose, options, commands }: ProgramPages, version: string): string {
  return [
    '.\\" Written by "npm run docs" from the program itself. Do not edit.',
    `.TH SIGCTL 1 "" "sigctl ${version}" "User Commands"`,
    '.SH NAME',
    `sigctl \\- ${roff(lowerFirst(purpose))}`,
    '.SH SYNOPSIS',
    '.B sigctl',
    '[\\fIoptions\\fR] \\fIcommand\\fR [\\fIargument\\fR ...]',
    '.br',
    '.B sigctl',
    '@\\fIhost\\fR \\fIcommand\\fR [\\fIargument\\fR ...]',
    '.SH OPTIONS',
    ...options.flatMap(renderTerm),
    '.SH COMMANDS',
    ...commands.flatMap(renderCommand),
    ...HELP_TOPICS.flatMap(({ name, text }) => [`.SH ${roff(name.replaceAll('-', ' ').toUpperCase())}`, ...asIs(text)]),
  ]
    .join('\n')
    .concat('\n');
}

function renderCommand(page: CommandPage): readonly string[] {
  return [
    `.SS ${roff(page.usage)}`,
    `${roff(page.purpose)}.`,
    ...[...page.terms, ...page.options].flatMap(renderTerm),
    '.PP',
    'Examples:',
    ...asIs(page.examples.map((line) => `  ${line}`).join('\n')),
    ...page.notes.flatMap((note) => (isLaidOut(note) ? ['.PP', ...asIs(note)] : ['.PP', roff(note)])),
    '.PP',
    `Exit codes: ${roff(page.exitCodes)}`,
  ];
}

function renderTerm({ name, meaning }: Term): readonly string[] {
  return ['.TP', `.B ${roff(name)}`, roff(meaning)];
}

function asIs(text: string): readonly string[] {
  return ['.nf', roff(text), '.fi'];
}

/** Text in which troff sees no command: man-pages(7) on backslashes, hyphens, and lines that begin with a dot or quote. */
function roff(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll(/^(?=[.'])/gm, '\\&');
}

function lowerFirst(text: string): string {
  return `${text[0]?.toLowerCase() ?? ''}${text.slice(1)}`;
}
