import assert from 'node:assert/strict';
import { test } from 'node:test';
import { writeProgress } from '../../../src/store/service-status.js';
import { NO_BROWSER, openTab } from './browser.js';
import { collectCandles, createStack, runService, setMode, trade, want } from './rig.js';
import { startSite, writeFakeSigctl } from './site.js';

/** The page is quiet: whatever the browser complains about (a blocked script, a failed request) is a fault. */
const WATCH_ERRORS = `window.faults = []; addEventListener('error', (e) => faults.push(e.message)); document.addEventListener('securitypolicyviolation', (e) => faults.push(e.violatedDirective))`;

test('an open page refreshes itself in place, and says since when the site does not answer', {
  skip: NO_BROWSER,
}, async (t) => {
  const stack = await createStack(t);
  runService(stack, 'website');
  const generation = runService(stack, 'trading', 'cycle');
  setMode(stack, 'minimal');
  collectCandles(stack.home, 100);
  trade(stack.home);
  const site = await startSite(t, stack);
  const tab = await openTab(t, site.url);
  await tab.evaluate(WATCH_ERRORS);
  await tab.until(`document.querySelector('h1').textContent === 'All 2 services are healthy'`);
  await tab.evaluate(
    `document.querySelector('#service-trading').dataset.mine = 'kept'; document.querySelector('[data-service=trading]').focus()`,
  );

  want(stack, 'market-data');
  writeProgress(stack.db, {
    service: 'trading',
    instance: '0',
    generation,
    nowMs: Date.now() - 252_000,
    name: 'cycle',
    withinMs: 90_000,
  });
  await tab.until(`document.querySelector('h1').textContent === '2 of 3 services need attention'`);
  assert.equal(await tab.evaluate(`document.title.startsWith('2 of 3 services need attention')`), true);
  assert.equal(await tab.evaluate(`document.querySelector('#service-trading .pill').textContent`), 'stale');
  await tab.until(`/^[4-9]m \\d\\ds ago$/.test(document.querySelector('#service-trading .late').textContent)`);
  assert.equal(await tab.evaluate(`document.activeElement.dataset.service`), 'trading');
  assert.deepEqual(await tab.evaluate(`faults`), []);

  await site.app.close();
  await tab.until(`document.body.classList.contains('disconnected')`);
  assert.match(
    String(await tab.evaluate(`document.querySelector('#banner').textContent`)),
    /^Disconnected since \d\d:\d\d:\d\d UTC/,
  );
  assert.equal(await tab.evaluate(`document.querySelector('#banner').hidden`), false);
  assert.equal(await tab.evaluate(`getComputedStyle(document.querySelector('main')).opacity < 0.6`), true);
  const phone = { width: 390, height: 844, deviceScaleFactor: 1, mobile: true };
  await tab.send('Emulation.setDeviceMetricsOverride', phone);
  const bottom = `document.querySelector('#banner').getBoundingClientRect().bottom`;
  await tab.until(`innerWidth === 390 && document.querySelector('.brand').getBoundingClientRect().top >= ${bottom}`);
});

test('the restart button asks first, sends the command and shows its outcome', { skip: NO_BROWSER }, async (t) => {
  const stack = await createStack(t);
  runService(stack, 'website');
  runService(stack, 'trading', 'cycle');
  writeFakeSigctl(
    stack,
    `echo '{"ok":true,"started":[{"kind":"ready","service":"trading","key":"trading","pid":9,"tookMs":1500}]}'`,
  );
  const site = await startSite(t, stack);
  const tab = await openTab(t, site.url);
  await tab.evaluate(WATCH_ERRORS);
  const press = (button: string) => tab.evaluate(`document.querySelector('${button}').click()`);

  await press('#service-trading button');
  assert.equal(await tab.evaluate(`document.querySelector('dialog').open`), true);
  assert.equal(await tab.evaluate(`document.querySelector('dialog h2').textContent`), 'Restart trading?');
  await press('dialog button[value=no]');
  assert.equal(await tab.evaluate(`document.querySelector('#outcome').hidden`), true);

  await press('#service-trading button');
  await press('dialog button[value=yes]');
  await tab.until(`document.querySelector('#outcome').textContent === 'trading restarted: pid 9, ready after 1.5s'`);

  writeFakeSigctl(stack, `echo 'sigctl: PM2 does not answer' >&2; exit 4`);
  await press('#service-trading button');
  await press('dialog button[value=yes]');
  await tab.until(`document.querySelector('#outcome').textContent.startsWith('PM2 does not answer')`);
  assert.equal(await tab.evaluate(`document.querySelector('#outcome').className`), 'bad');
  assert.deepEqual(await tab.evaluate(`faults`), []);
});
