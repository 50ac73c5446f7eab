import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderNotFound, renderPage } from '../../../src/services/website/page.js';
import type { SiteSnapshot } from '../../../src/services/website/site-snapshot.js';
import { AS_OF_MS, report, snapshot } from './literals.js';

const ATTACK = `"><script>alert(1)</script>'`;
const MISSING = { kind: 'missing', reason: 'Nothing yet.', next: 'sigctl start' } as const;

function page(value: SiteSnapshot = snapshot()): string {
  return renderPage(value, { nowMs: AS_OF_MS + 400, ownService: 'website', build: 'b1' });
}

/** What a person reads, without markup, style and script. */
function textOf(markup: string): string {
  return markup
    .replace(/<(style|script|noscript)>.*?<\/\1>/gs, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ');
}

test('the page shows verdicts as words, with reason and facts', () => {
  const stale = report('trading', {
    verdict: 'stale',
    reason: 'last cycle 4m 12s ago, limit 90s',
    next: 'sigctl logs trading',
    progressAgeMs: 252_000,
  });
  const text = textOf(page(snapshot({ services: { kind: 'read', value: [report('website'), stale] } })));
  assert.match(text, /trading is stale last cycle 4m 12s ago, limit 90s Next: sigctl logs trading/);
  assert.match(
    text,
    /stale last cycle 4m 12s ago, limit 90s sigctl logs trading running 4711 1h 00m 0 100 MB of 1\.0 GB 1\.5 % 1s ago 4m 12s ago cycle Restart/,
  );
});

test('the page shows price, account and trades, and labels them PAPER and SIMULATED', () => {
  const text = textOf(page());
  assert.match(text, /signalcartel standard PAPER SIMULATED/);
  assert.match(text, /61,200\.50 \+2\.00 % 3 candles/);
  assert.match(
    text,
    /Equity PAPER 9,680\.33 Cash 500\.25 Position 0\.15 XBTUSD Entry price 60,000\.00 Unrealised \+180\.08/,
  );
  assert.match(text, /2026-09-10 17:37 buy 0\.15 60,000\.00 36\.00 9,464\.00 fast average crossed above slow/);
});

test('prices of an exchange are not labelled SIMULATED', () => {
  const value = snapshot();
  assert.ok(value.market.kind === 'read' && value.account.kind === 'read');
  const market = { kind: 'read', value: { ...value.market.value, source: 'kraken' } } as const;
  const account = { ...value.account.value.account, source: 'kraken' };
  const text = textOf(
    page({ ...value, market, account: { kind: 'read', value: { ...value.account.value, account } } }),
  );
  assert.doesNotMatch(text, /SIMULATED/);
  assert.match(text, /XBTUSD Kraken/);
});

test('nothing that comes from data can become markup', () => {
  const base = snapshot();
  assert.ok(base.market.kind === 'read' && base.account.kind === 'read');
  const { account, trades } = base.account.value;
  const poisoned = report(ATTACK, { reason: ATTACK, next: ATTACK, stateReason: `!${ATTACK}`, progressName: ATTACK });
  const markup = page({
    ...base,
    stackName: ATTACK,
    mode: ATTACK,
    services: { kind: 'read', value: [poisoned] },
    market: { kind: 'read', value: { ...base.market.value, symbol: ATTACK, source: ATTACK } },
    account: {
      kind: 'read',
      value: {
        account: { ...account, symbol: ATTACK, cash: ATTACK },
        trades: trades.map((trade) => ({ ...trade, reason: ATTACK, quantity: ATTACK })),
        lastDecision: ATTACK,
      },
    },
  });
  assert.doesNotMatch(markup, /<script>alert/);
  assert.equal(markup.match(/<script/g)?.length, 1);
  assert.match(markup, /&lt;script&gt;alert\(1\)&lt;\/script&gt;/);
  assert.doesNotMatch(renderNotFound(`/${ATTACK}`), /<script/);
});

test('the page needs nothing from anywhere else', () => {
  const markup = page();
  assert.doesNotMatch(markup, /(src|href)="(https?:)?\/\//);
  assert.doesNotMatch(markup, /<link[^>]+stylesheet|@import|<img/);
});

test('without scripts the page asks the browser to load it again', () => {
  assert.match(page(), /<noscript><meta http-equiv="refresh" content="\d+"><\/noscript>/);
});

test('every empty state names the next command', () => {
  assert.match(
    textOf(page(snapshot({ stackName: null, mode: null, services: MISSING, market: MISSING, account: MISSING }))),
    /Nothing has been started yet Nothing yet\. Next: sigctl start/,
  );
  const text = textOf(page(snapshot({ market: MISSING, account: MISSING })));
  assert.match(text, /Market Nothing yet\. Type sigctl start/);
  assert.match(text, /Account Nothing yet\. Type sigctl start/);
});

test('a stack that does not trade shows neither market nor PAPER', () => {
  const text = textOf(
    page(snapshot({ services: { kind: 'read', value: [report('web')] }, market: MISSING, account: MISSING })),
  );
  assert.doesNotMatch(text, /Market|PAPER|Paper/);
  assert.match(text, /web is healthy/);
});

test('the website has no button for itself, and a service without a process has Start', () => {
  const down = report('trading', { verdict: 'down', pid: null });
  const markup = page(
    snapshot({ services: { kind: 'read', value: [report('website'), report('market-data'), down] } }),
  );
  const buttons = [...markup.matchAll(/data-service="([^"]+)" data-action="([^"]+)"/g)].map(
    ([, service, action]) => `${action} ${service}`,
  );
  assert.deepEqual(buttons, ['restart market-data', 'start trading']);
});
