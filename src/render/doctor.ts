import { Chalk, type ChalkInstance } from 'chalk';
import { countSeverities, type Finding, type FixOutcome, type Severity } from '../core/finding.js';
import { cleanText } from './clean-text.js';
import { wrapText } from './wrap.js';

export interface Diagnosis {
  readonly findings: readonly Finding[];
  /** `undefined`: nothing was to be mended. */
  readonly fixes: readonly FixOutcome[] | undefined;
}

export interface DiagnosisStyle {
  /** Columns of the terminal. */
  readonly width: number;
  readonly colour: boolean;
}

type Shown = Exclude<Severity, 'ok'>;

/** In the order of the report: worst first. Mark and word say the same as the colour. */
const LOOKS = {
  error: { mark: '✖', word: 'error', colour: 'red' },
  warning: { mark: '!', word: 'warning', colour: 'yellow' },
  info: { mark: 'i', word: 'note', colour: 'cyan' },
} as const satisfies Record<Shown, unknown>;
const SHOWN: readonly Shown[] = ['error', 'warning', 'info'];

/** Lines longer than this are hard to read, however wide the terminal is. */
const MAX_COLUMNS = 100;
const INDENT = '    ';

/** The report of `sigctl doctor`: what was mended, what is wrong (worst first), what is in order, and a line that sums it up. */
export function renderDiagnosis({ findings, fixes }: Diagnosis, { width, colour }: DiagnosisStyle): string {
  const paint = new Chalk({ level: colour ? 1 : 0 });
  const columns = Math.min(width, MAX_COLUMNS);
  const trouble = findings.filter(({ code }) => code !== 'NOT_CHECKED');
  const blocks = [
    ...(fixes === undefined ? [] : [renderFixes(fixes, columns, paint)]),
    ...SHOWN.flatMap((severity) => {
      const group = trouble.filter((finding) => finding.severity === severity);
      return group.map((finding) => renderFinding(finding, severity, columns, paint));
    }),
    renderQuiet(findings, columns, paint),
    renderSummary(trouble, fixes, columns, paint),
  ];
  return blocks.filter((block) => block !== '').join('\n\n');
}

function renderFinding(finding: Finding, severity: Shown, columns: number, paint: ChalkInstance): string {
  const { mark, word, colour } = LOOKS[severity];
  const subject = finding.subject === null ? '' : `  ${cleanText(finding.subject, false)}`;
  const lines = [
    `${paint[colour](`${mark} ${word}`)}  ${paint.bold(finding.code)}${subject}`,
    wrapText(cleanText(finding.evidence, false), columns, INDENT),
  ];
  // Not wrapped: it is there to be copied.
  if (finding.mend !== null) lines.push(`${INDENT}${paint.cyan('→')} ${paint.cyan(cleanText(finding.mend, false))}`);
  return lines.join('\n');
}

function renderFixes(fixes: readonly FixOutcome[], columns: number, paint: ChalkInstance): string {
  if (fixes.length === 0) return 'Nothing here is safe to mend without you';
  return fixes
    .map(({ kind, code, subject, detail }) => {
      const how = kind === 'fixed' ? paint.green('✔ mended') : paint.yellow('- left');
      const head = `${how}  ${paint.bold(code)}${subject === null ? '' : `  ${cleanText(subject, false)}`}`;
      return `${head}\n${wrapText(cleanText(detail, false), columns, INDENT)}`;
    })
    .join('\n');
}

/** Checks without trouble, by name; then those that could not be made, with the reason. */
function renderQuiet(findings: readonly Finding[], columns: number, paint: ChalkInstance): string {
  const names = findings.filter(({ severity }) => severity === 'ok').map(({ check }) => check);
  const skipped = new Map<string, string[]>();
  for (const { code, check, evidence } of findings) {
    if (code === 'NOT_CHECKED') skipped.set(evidence, [...(skipped.get(evidence) ?? []), check]);
  }
  const ok = wrapText(`ok: ${names.join(', ')}`, columns, '').replace(/^ok/, paint.green('ok'));
  const rest = [...skipped].map(([why, checks]) => {
    return paint.dim(wrapText(`not checked: ${checks.join(', ')} (${cleanText(why, false)})`, columns, ''));
  });
  return [...(names.length === 0 ? [] : [ok]), ...rest].join('\n');
}

function renderSummary(
  trouble: readonly Finding[],
  fixes: readonly FixOutcome[] | undefined,
  columns: number,
  paint: ChalkInstance,
): string {
  const counts = countSeverities(trouble);
  const parts = SHOWN.filter((severity) => counts[severity] > 0).map((severity) => {
    const { word, colour } = LOOKS[severity];
    return paint[colour](`${counts[severity]} ${word}${counts[severity] === 1 ? '' : 's'}`);
  });
  const inOrder = `${counts.ok} ${counts.ok === 1 ? 'check' : 'checks'} in order`;
  const fixable = trouble.filter(({ remedy }) => remedy !== null).length;
  const offer = fixes === undefined && fixable > 0 ? `\n"sigctl doctor --fix" mends ${fixable} of these` : '';
  const left = fixes !== undefined && parts.length > 0 ? 'left: ' : '';
  return `${left}${parts.length === 0 ? '' : `${parts.join(', ')}; `}${inOrder}${wrapText(offer, columns, '')}`;
}
