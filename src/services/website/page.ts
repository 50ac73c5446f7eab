import { formatAge, formatClock } from './format.js';
import { type Headline, summarize } from './headline.js';
import { type Html, html, trustedHtml } from './html.js';
import { PAGE_SCRIPT } from './page-script.js';
import { renderServices } from './page-services.js';
import { PAGE_STYLE } from './page-style.js';
import { renderMarketAndAccount, renderSource, renderTrades } from './page-trading.js';
import { hasTrading, type SiteSnapshot } from './site-snapshot.js';
import type { Tone } from './tone.js';

export interface PageOptions {
  /** The server's clock when it answers; the browser's own clock is never trusted. */
  readonly nowMs: number;
  readonly ownService: string;
  /** Changes with script and style, so that an open page knows that it is of an older build. */
  readonly build: string;
}

/** What an open page fetches every two seconds. */
export interface PageUpdate {
  readonly nowMs: number;
  readonly build: string;
  readonly title: string;
  /** Address of the favicon, whose colour is the state of the stack. */
  readonly icon: string;
  readonly html: string;
}

/** How often a browser without scripts loads the page again. */
const NOSCRIPT_REFRESH_S = 5;

/** The whole document, complete without a second request. Everything that comes from data is escaped. */
export function renderPage(snapshot: SiteSnapshot, options: PageOptions): string {
  const headline = summarize(snapshot);
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<title>${titleOf(snapshot, headline)}</title><link id="icon" rel="icon" href="${iconOf(headline.tone)}">
<style>${trustedHtml(PAGE_STYLE)}</style><noscript><meta http-equiv="refresh" content="${NOSCRIPT_REFRESH_S}"></noscript></head>
<body data-now="${options.nowMs}" data-build="${options.build}">
<p id="banner" role="alert" hidden></p>
<div id="live">${renderLive(snapshot, headline, options)}</div>
<p id="outcome" role="status" hidden></p>
<dialog id="confirm"><form method="dialog"><h2></h2><p></p><menu><button value="no" autofocus>Cancel</button><button value="yes" class="primary"></button></menu></form></dialog>
<script>${trustedHtml(PAGE_SCRIPT)}</script></body></html>`.toString();
}

/** The changing part of the same document. */
export function renderUpdate(snapshot: SiteSnapshot, options: PageOptions): PageUpdate {
  const headline = summarize(snapshot);
  return {
    nowMs: options.nowMs,
    build: options.build,
    title: titleOf(snapshot, headline),
    icon: iconOf(headline.tone),
    html: renderLive(snapshot, headline, options).toString(),
  };
}

/** The page for an address that does not exist. */
export function renderNotFound(path: string): string {
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Not found</title><style>${trustedHtml(PAGE_STYLE)}</style></head>
<body><main class="lost"><h1>Nothing here</h1><p><code>${path}</code> is no page of this site.</p><p><a href="/">Back to the stack</a></p></main></body></html>`.toString();
}

function renderLive(snapshot: SiteSnapshot, headline: Headline, options: PageOptions): Html {
  return html`<header>
<p class="brand">${MARK}<strong>${snapshot.stackName ?? 'sigctl'}</strong>${snapshot.mode === null ? null : html`<span class="badge">${snapshot.mode}</span>`}${hasTrading(snapshot) && html`<span class="badge paper">PAPER</span>`}${renderSourceBadge(snapshot)}</p>
<p class="clock"><span class="pulse"></span><span id="link">updated <time data-at="${snapshot.asOfMs}">${formatAge(options.nowMs - snapshot.asOfMs)}</time></span><time id="clock">${formatClock(options.nowMs)}</time> UTC</p>
</header>
<main>
<section class="headline ${headline.tone}"><h1><span class="lamp"></span>${headline.title}</h1>
${headline.detail === null ? null : html`<p>${headline.detail}</p>`}${headline.next === null ? null : html`<p class="next">Next: <code>${headline.next}</code></p>`}</section>
${renderMarketAndAccount(snapshot)}
${renderServices(snapshot, options.ownService)}
${renderTrades(snapshot)}
</main>
<footer><span>All times are UTC.${hasTrading(snapshot) && ' Paper trading: no order leaves this machine.'}</span><span><a href="/api/health">health</a> <a href="/api/status">status</a></span></footer>`;
}

/** Beside the name of the stack only what must never be overlooked. */
function renderSourceBadge({ market, account }: SiteSnapshot): Html | null {
  const source =
    market.kind === 'read' ? market.value.source : account.kind === 'read' ? account.value.account.source : null;
  return source === null || source === 'kraken' ? null : renderSource(source);
}

function titleOf(snapshot: SiteSnapshot, headline: Headline): string {
  return `${headline.title} – ${snapshot.stackName ?? 'sigctl'}`;
}

const ICON_COLOURS = {
  good: '#1a9e64',
  wait: '#3b6fe0',
  warn: '#d08700',
  bad: '#d33a3a',
  off: '#8a93a3',
} as const satisfies Record<Tone, string>;

function iconOf(tone: Tone): string {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><circle cx="8" cy="8" r="6" fill="${ICON_COLOURS[tone]}"/></svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}

const MARK = trustedHtml(
  '<svg class="mark" viewBox="0 0 24 24" aria-hidden="true"><path d="M3 15.5 8.2 9l4 4.6L21 4.5"/><path d="M3 20.5h18"/></svg>',
);
