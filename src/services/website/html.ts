import { escapeHtml } from './escape-html.js';

/** Markup that is safe to send. Only `html` and `trustedHtml` make it, so forgetting to escape is a type error. */
export class Html {
  readonly #markup: string;

  constructor(markup: string) {
    this.#markup = markup;
  }

  toString(): string {
    return this.#markup;
  }
}

/** What a template may hold. `null` and `false` leave nothing behind, for optional parts. */
export type HtmlPart = Html | string | number | null | false | readonly HtmlPart[];

/** Tagged template: every value is escaped, except markup made by this same tag. */
export function html(literals: TemplateStringsArray, ...parts: readonly HtmlPart[]): Html {
  const markup = literals.reduce((text, literal, index) => text + renderPart(parts[index - 1] ?? null) + literal);
  return new Html(markup);
}

/** Markup from a constant of this code base, such as the style sheet. Never call it with data. */
export function trustedHtml(markup: string): Html {
  return new Html(markup);
}

function renderPart(part: HtmlPart): string {
  if (part === null || part === false) return '';
  if (part instanceof Html) return part.toString();
  if (typeof part === 'object') return part.map(renderPart).join('');
  return escapeHtml(String(part));
}
