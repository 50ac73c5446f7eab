import { isSimulated, sourceLabel } from '../../service/market/source-label.js';
import type { Trade } from '../../store/trading-read.js';
import { renderChart } from './chart.js';
import { formatAge, formatMinute, formatMoney, formatPrice, formatQuantity, parseDecimal } from './format.js';
import { type Html, html } from './html.js';
import { renderEmpty } from './page-services.js';
import { type AccountView, hasTrading, type MarketView, type SiteSnapshot } from './site-snapshot.js';

/** Rows of the table of trades; the chart marks older ones too. */
const TRADES_SHOWN = 10;

/** Last price with its course, next to the account. A stack that does not trade has neither. */
export function renderMarketAndAccount(snapshot: SiteSnapshot): Html {
  if (!hasTrading(snapshot)) return html``;
  return html`<div class="pair">${renderMarket(snapshot)}${renderAccount(snapshot)}</div>`;
}

function renderMarket({ market, account, asOfMs }: SiteSnapshot): Html {
  if (market.kind !== 'read') {
    return html`<section class="card market"><h2>Market</h2>${renderEmpty(market.reason, market.next)}</section>`;
  }
  const view = market.value;
  // Trades of another source happened at other prices: they would lie beside the line.
  const trades = account.kind === 'read' && account.value.account.source === view.source ? account.value.trades : [];
  return html`<section class="card market"><h2>${view.symbol} ${renderSource(view.source)}</h2>
<p class="figure"><span class="price">${formatPrice(view.points.at(-1)?.close ?? '')}</span>${renderChange(view)}</p>
${renderChart(view, trades)}
<p class="note">${renderCandleAge(view, asOfMs)} · ${sourceLabel(view.source)}</p>
</section>`;
}

/** Replayed history is as old as its candles; an age of today would be a lie. */
function renderCandleAge({ lastObtainedAtMs, points }: MarketView, asOfMs: number): Html {
  if (lastObtainedAtMs === null) return html`Last candle ${formatMinute(points.at(-1)?.openAtMs ?? 0)} UTC`;
  return html`Last candle <time data-at="${lastObtainedAtMs}">${formatAge(asOfMs - lastObtainedAtMs)}</time>`;
}

/** Where the prices come from, in a word that cannot be overlooked when they are not a market's. */
export function renderSource(source: string): Html {
  const label = sourceLabel(source);
  if (isSimulated(source)) return html`<span class="badge sim" title="${label}">SIMULATED</span>`;
  if (isReplay(source)) return html`<span class="badge sim" title="${label}">REPLAY</span>`;
  return html`<span class="badge">${label}</span>`;
}

/** Change over the candles shown. */
function renderChange({ points }: MarketView): Html | null {
  const first = parseDecimal(points[0]?.close ?? '');
  const last = parseDecimal(points.at(-1)?.close ?? '');
  if (first === undefined || last === undefined || first.eq(0)) return null;
  const percent = last.minus(first).div(first).times(100);
  return html`<span class="change ${signClass(percent.toFixed(2))}">${signed(percent.toFixed(2))} %<small>${points.length} candles</small></span>`;
}

function renderAccount({ account }: SiteSnapshot): Html {
  if (account.kind !== 'read') {
    return html`<section class="card account"><h2>Account</h2>${renderEmpty(account.reason, account.next)}</section>`;
  }
  const { account: held, lastDecision } = account.value;
  return html`<section class="card account"><h2>Equity <span class="badge paper">PAPER</span></h2>
<p class="figure"><span class="price">${formatPrice(held.equity)}</span></p>
<dl>
<div><dt>Cash</dt><dd>${formatPrice(held.cash)}</dd></div>
<div><dt>Position</dt><dd>${isFlat(held.position) ? 'flat' : html`${formatQuantity(held.position)} <small>${held.symbol}</small>`}</dd></div>
${renderOpenPosition(account.value)}
<div><dt>Candles evaluated</dt><dd>${formatQuantity(String(held.evaluated))}</dd></div>
</dl>
${lastDecision === null ? null : html`<p class="note">Last decision: ${lastDecision}</p>`}</section>`;
}

function renderOpenPosition({ account }: AccountView): Html | null {
  if (account.averagePrice === null || isFlat(account.position)) return null;
  const [equity, cash, quantity, entry] = [account.equity, account.cash, account.position, account.averagePrice].map(
    parseDecimal,
  );
  const gain = quantity && entry && equity && cash ? equity.minus(cash).minus(quantity.times(entry)).toFixed(2) : null;
  return html`<div><dt>Entry price</dt><dd>${formatPrice(account.averagePrice)}</dd></div>${
    gain === null
      ? null
      : html`<div><dt>Unrealised</dt><dd class="${signClass(gain)}">${signed(formatMoney(gain))}</dd></div>`
  }`;
}

/** The newest fills, newest first. */
export function renderTrades({ account }: SiteSnapshot): Html {
  if (account.kind !== 'read') return html``;
  const trades = account.value.trades.slice(0, TRADES_SHOWN);
  if (trades.length === 0) {
    return html`<section class="card trades"><h2>Trades</h2>${renderEmpty('No trade yet. The engine explains each decision in its log.', 'sigctl logs trading')}</section>`;
  }
  return html`<section class="card trades"><h2>Last trades ${renderSource(account.value.account.source)}</h2>
<table><thead><tr><th>Market time, UTC</th><th>Side</th><th class="n">Quantity</th><th class="n">Price</th><th class="n">Fee</th><th class="n">Equity after</th><th>Reason</th></tr></thead>
<tbody>${trades.map(renderTrade)}</tbody></table></section>`;
}

function renderTrade(trade: Trade): Html {
  return html`<tr><th scope="row">${formatMinute(trade.atMs)}</th><td class="side"><span class="side ${trade.side}">${trade.side}</span></td>
<td class="n" data-label="Quantity">${formatQuantity(trade.quantity)}</td><td class="n" data-label="Price">${formatPrice(trade.price)}</td>
<td class="n" data-label="Fee">${formatPrice(trade.fee)}</td><td class="n" data-label="Equity after">${formatPrice(trade.equityAfter)}</td><td class="why">${trade.reason}</td></tr>`;
}

/** Whether prices are history played again. */
function isReplay(source: string): boolean {
  return source.startsWith('replay:');
}

function isFlat(position: string): boolean {
  return parseDecimal(position)?.eq(0) ?? false;
}

function signed(decimal: string): string {
  return decimal.startsWith('-') ? `−${decimal.slice(1)}` : `+${decimal}`;
}

function signClass(decimal: string): 'up' | 'dn' {
  return decimal.startsWith('-') ? 'dn' : 'up';
}
