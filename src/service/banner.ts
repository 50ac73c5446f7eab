import kleur from 'kleur';

export interface BannerFacts {
  readonly service: string;
  readonly instance: string;
  readonly version: string | undefined;
  readonly mode: string | undefined;
  readonly pid: number;
  readonly extra: Readonly<Record<string, string>>;
}

/** The few plain lines that a log begins with at each start, before its JSON lines. Ends with a newline. */
export function renderBanner(facts: BannerFacts, colour: boolean): string {
  const bold = (text: string) => (colour ? kleur.bold().cyan(text) : text);
  const dim = (text: string) => (colour ? kleur.dim(text) : text);
  const title = facts.instance === '0' ? facts.service : `${facts.service} ${facts.instance}`;
  const about = [facts.version && `v${facts.version}`, facts.mode && `mode ${facts.mode}`, `pid ${facts.pid}`];
  const extra = Object.entries(facts.extra);
  const width = Math.max(0, ...extra.map(([label]) => label.length));
  const lines = [
    `${bold(`▲ ${title}`)}  ${dim(about.filter(Boolean).join(' · '))}`,
    ...extra.map(([label, value]) => `  ${dim(label.padEnd(width))}  ${value}`),
  ];
  return `${lines.join('\n')}\n`;
}
