import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Account, averagePrice, emptyAccount, equityAt } from '../../../src/services/trading/account.js';
import { Money } from '../../../src/services/trading/money.js';
import { buyAtClose, sellAtClose } from '../../../src/services/trading/paper-broker.js';

const RULES = { feeBps: '40', slippageBps: '5', tradeFraction: '0.5', minQuantity: '0.00005', minCost: '0.5' };

test('buyAtClose() spends half of equity at the close plus slippage, fee included', () => {
  // Price 10000 × 1.0005 = 10005. Quantity 5000 / (10005 × 1.004) = 0.49775908… down to 8 decimals.
  assert.deepEqual(buyAtClose(emptyAccount('10000'), '10000', RULES), {
    kind: 'filled',
    fill: { side: 'buy', price: '10005', quantity: '0.49775908', cost: '4980.0795954', fee: '19.92031839' },
    account: { cash: '5000.00008621', quantity: '0.49775908', cost: '4999.99991379', realized: '0' },
  });
});

test('sellAtClose() sells the whole position at the close minus slippage, and books what was won after fees', () => {
  const account = { cash: '5000', quantity: '0.5', cost: '5000', realized: '10' };
  // Price 12000 × 0.9995 = 11994. Cost 5997. Fee 23.988. Received 5973.012.
  assert.deepEqual(sellAtClose(account, '12000', RULES), {
    kind: 'filled',
    fill: { side: 'sell', price: '11994', quantity: '0.5', cost: '5997', fee: '23.988' },
    account: { cash: '10973.012', quantity: '0', cost: '0', realized: '983.012' },
  });
});

test('a round trip at an unchanged price costs the two fees and twice the slippage, and no more than rounding', () => {
  const bought = buyAtClose(emptyAccount('10000'), '10000', RULES);
  assert.ok(bought.kind === 'filled');
  const sold = sellAtClose(bought.account, '10000', RULES);
  assert.ok(sold.kind === 'filled');
  // Sold for 9995 × 0.49775908 = 4975.1020046, fee 19.90040802; it had cost 4999.99991379.
  assert.equal(sold.account.realized, '-44.79831721');
  assert.equal(sold.account.cash, '9955.20168279');
});

test('buyAtClose() with all of equity leaves no negative cash', () => {
  const outcome = buyAtClose(emptyAccount('10000'), '0.00012345', { ...RULES, tradeFraction: '1' });
  assert.ok(outcome.kind === 'filled');
  assert.ok(Money(outcome.account.cash).gte('0'), outcome.account.cash);
  assert.ok(Money(outcome.account.cash).lt('0.000001'), outcome.account.cash);
});

test('cash and quantity never go below zero over thousands of trades at odd prices', () => {
  let account = emptyAccount('1000.00000001');
  let seed = 7;
  for (let trade = 0; trade < 4_000; trade += 1) {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    const close = Money(String(seed)).times('1e-8').plus('0.00000777').toFixed();
    const rules = { ...RULES, feeBps: '3.3', tradeFraction: '1' };
    const outcome = (trade % 2 === 0 ? buyAtClose : sellAtClose)(account, close, rules);
    if (outcome.kind === 'rejected') continue;
    account = outcome.account;
    for (const amount of [account.cash, account.quantity, account.cost]) {
      assert.ok(Money(amount).gte('0'), `trade ${trade}: ${JSON.stringify(account)}`);
      assert.match(amount, /^\d+(\.\d{1,8})?$/, 'plain decimals, eight places at most');
    }
  }
});

test('an order below the smallest quantity or cost is rejected and leaves the account as it is', () => {
  const poor = buyAtClose(emptyAccount('0.9'), '10000', { ...RULES, minQuantity: '0.00000001' });
  assert.deepEqual(poor, {
    kind: 'rejected',
    quantity: '0.00004479',
    reason: 'cost 0.44812395 is below the minimum 0.5',
  });
  const tiny = sellAtClose({ cash: '1', quantity: '0.00004', cost: '0.4', realized: '0' }, '10000', RULES);
  assert.deepEqual(tiny, {
    kind: 'rejected',
    quantity: '0.00004',
    reason: 'quantity 0.00004 is below the minimum 0.00005',
  });
});

test('buyAtClose() without cash is rejected', () => {
  const broke: Account = { cash: '0', quantity: '0', cost: '0', realized: '-10000' };
  assert.equal(buyAtClose(broke, '10000', RULES).kind, 'rejected');
});

test('equityAt() and averagePrice() value a position exactly', () => {
  const account = { cash: '0.1', quantity: '0.2', cost: '0.3', realized: '0' };
  assert.equal(equityAt(account, '0.1'), '0.12');
  assert.equal(averagePrice(account), '1.5');
  assert.equal(averagePrice(emptyAccount('1')), undefined);
});

test('money refuses JavaScript numbers', () => {
  assert.throws(() => Money('1').plus(0.1));
});
