import type { Trade } from '../../store/trading-read.js';
import { formatMinute, formatPrice } from './format.js';
import { type Html, html } from './html.js';
import type { ClosePoint, MarketView } from './site-snapshot.js';

/** Units of the view box; the drawing is stretched to the width of the page, strokes are not. */
const WIDTH = 720;
const HEIGHT = 180;
const MARGIN = 10;

/** Between candles further apart than this many intervals the line is broken: no price is made up. */
const GAP_INTERVALS = 1.5;

interface Scale {
  readonly x: (atMs: number) => number;
  readonly y: (price: number) => number;
}

/** A line of closes with a mark at each trade. Numbers become floats here and only here: for pixels. */
export function renderChart(market: MarketView, trades: readonly Trade[]): Html {
  const prices = market.points.map((point) => Number(point.close));
  const low = Math.min(...prices);
  const high = Math.max(...prices);
  const [first, last] = [market.points[0], market.points.at(-1)];
  if (first === undefined || last === undefined || !Number.isFinite(high - low)) return html``;
  const scale = scaleOf(first.openAtMs, last.openAtMs, low, high);
  const runs = splitAtGaps(market.points, market.intervalMs);
  const label = `${market.symbol}: ${market.points.length} closes, lowest ${formatPrice(String(low))}, highest ${formatPrice(String(high))}`;
  return html`<figure class="chart">
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label="${label}">
<defs><linearGradient id="fade" x1="0" y1="0" x2="0" y2="1"><stop class="fade-top" offset="0"/><stop class="fade-end" offset="1"/></linearGradient></defs>
<path class="grid" d="M0 ${scale.y(high)}H${WIDTH}M0 ${scale.y(low)}H${WIDTH}"/>
${runs.map((run) => html`<path class="area" d="${areaPath(run, scale)}"/>`)}
<path class="line" d="${runs.map((run) => linePath(run, scale)).join('')}"/>
${trades.filter((trade) => isShown(trade, first, last)).map((trade) => renderMark(trade, scale))}
<path class="dot" d="${dotPath(scale.x(last.openAtMs), scale.y(Number(last.close)))}"/>
</svg>
<span class="high">${formatPrice(String(high))}</span><span class="low">${formatPrice(String(low))}</span>
<figcaption><span>${formatStart(first.openAtMs, last.openAtMs)}</span><span>${formatMinute(last.openAtMs)} UTC</span></figcaption>
</figure>`;
}

/** The day once is enough. */
function formatStart(startMs: number, endMs: number): string {
  const [start, end] = [formatMinute(startMs), formatMinute(endMs)];
  return start.slice(0, 10) === end.slice(0, 10) ? start.slice(11) : start;
}

function scaleOf(fromMs: number, toMs: number, low: number, high: number): Scale {
  const spanMs = Math.max(1, toMs - fromMs);
  const span = high - low;
  return {
    x: (atMs) => round(((atMs - fromMs) / spanMs) * (WIDTH - MARGIN)),
    // A flat line lies in the middle.
    y: (price) => round(span === 0 ? HEIGHT / 2 : MARGIN + (1 - (price - low) / span) * (HEIGHT - 2 * MARGIN)),
  };
}

function splitAtGaps(points: readonly ClosePoint[], intervalMs: number): readonly (readonly ClosePoint[])[] {
  const runs: ClosePoint[][] = [];
  let previousMs = Number.NEGATIVE_INFINITY;
  for (const point of points) {
    if (point.openAtMs - previousMs > intervalMs * GAP_INTERVALS) runs.push([]);
    runs.at(-1)?.push(point);
    previousMs = point.openAtMs;
  }
  return runs;
}

function linePath(run: readonly ClosePoint[], scale: Scale): string {
  return run
    .map((point, index) => `${index === 0 ? 'M' : 'L'}${scale.x(point.openAtMs)} ${scale.y(Number(point.close))}`)
    .join('');
}

function areaPath(run: readonly ClosePoint[], scale: Scale): string {
  const [first, last] = [run[0], run.at(-1)];
  if (first === undefined || last === undefined) return '';
  return `${linePath(run, scale)}L${scale.x(last.openAtMs)} ${HEIGHT}L${scale.x(first.openAtMs)} ${HEIGHT}Z`;
}

function isShown(trade: Trade, first: ClosePoint, last: ClosePoint): boolean {
  return trade.candleOpenAtMs >= first.openAtMs && trade.candleOpenAtMs <= last.openAtMs;
}

function renderMark(trade: Trade, scale: Scale): Html {
  const title = `${trade.side} ${trade.quantity} at ${formatPrice(trade.price)}, ${formatMinute(trade.atMs)} UTC`;
  const path = dotPath(scale.x(trade.candleOpenAtMs), clampY(scale.y(Number(trade.price))));
  return html`<path class="mark ${trade.side}" d="${path}"><title>${title}</title></path>`;
}

/** A line of no length with round ends is a dot that stays round however the drawing is stretched. */
function dotPath(x: number, y: number): string {
  return `M${x} ${y}h0`;
}

function clampY(y: number): number {
  return Math.min(HEIGHT, Math.max(0, y));
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
