/**
 * The page's only script, inline so that the page is complete at once. It fetches the changing part every two seconds
 * and patches it in place (focus, selection and scroll stay), counts ages between two answers by the server's clock, says
 * since when the server does not answer, and sends the restart button's request.
 */
export const PAGE_SCRIPT = `(() => {
'use strict';
const POLL_MS = 2000, ANSWER_WITHIN_MS = 4000, FRESH_MS = 7000, SUCCESS_SHOWN_MS = 8000;
const $ = (id) => document.getElementById(id);
const { build } = document.body.dataset;
let aheadMs = Number(document.body.dataset.now) - Date.now();
let answeredAtMs = Date.now();
let connected = true, polling = false, timer = 0, fade = 0;
const busy = new Set();
document.documentElement.classList.add('js');

const clock = (ms) => new Date(ms).toISOString().slice(11, 19);
const two = (n) => String(n).padStart(2, '0');
const age = (ms) => {
  const s = Math.floor(ms / 1000), m = Math.floor(s / 60), h = Math.floor(m / 60);
  if (s < 1) return 'now';
  if (s < 60) return s + 's ago';
  if (m < 60) return m + 'm ' + two(s % 60) + 's ago';
  return h < 24 ? h + 'h ' + two(m % 60) + 'm ago' : Math.floor(h / 24) + 'd ' + h % 24 + 'h ago';
};

function tick() {
  if (connected && Date.now() - answeredAtMs > FRESH_MS) disconnect();
  if (!connected) return;
  const now = Date.now() + aheadMs;
  for (const time of document.querySelectorAll('time[data-at]')) write(time, age(now - Number(time.dataset.at)));
  write($('clock'), clock(now));
}

function write(element, text) {
  if (element !== null && element.textContent !== text) element.textContent = text;
}

function disconnect() {
  connected = false;
  document.body.classList.add('disconnected');
  $('banner').textContent = 'Disconnected since ' + clock(answeredAtMs + aheadMs) + ' UTC. What stands below is from then.';
  $('banner').hidden = false;
}

function connect() {
  connected = true;
  document.body.classList.remove('disconnected');
  $('banner').hidden = true;
}

async function poll() {
  if (polling) return;
  polling = true;
  clearTimeout(timer);
  try {
    const answer = await fetch('/api/page', { cache: 'no-store', signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
    if (!answer.ok) throw new Error(String(answer.status));
    show(await answer.json());
  } catch {
    disconnect();
  } finally {
    polling = false;
    timer = setTimeout(poll, POLL_MS);
  }
}

function show(update) {
  if (update.build !== build) return location.reload();
  answeredAtMs = Date.now();
  aheadMs = update.nowMs - answeredAtMs;
  const next = document.createElement('div');
  next.innerHTML = update.html;
  patchChildren($('live'), next);
  document.title = update.title;
  if ($('icon').getAttribute('href') !== update.icon) $('icon').setAttribute('href', update.icon);
  markBusy();
  connect();
  tick();
}

function patch(old, next) {
  if (old.nodeType !== next.nodeType || old.nodeName !== next.nodeName || old.id !== next.id) return old.replaceWith(next);
  if (old.nodeType !== Node.ELEMENT_NODE) {
    if (old.data !== next.data) old.data = next.data;
    return;
  }
  for (const { name } of [...old.attributes]) if (!next.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of next.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  patchChildren(old, next);
}

function patchChildren(old, next) {
  const before = [...old.childNodes], after = [...next.childNodes];
  after.forEach((node, i) => (before[i] === undefined ? old.append(node) : patch(before[i], node)));
  before.slice(after.length).forEach((node) => node.remove());
}

function markBusy() {
  for (const button of document.querySelectorAll('button[data-action]')) button.disabled = busy.has(button.dataset.service);
}

function say(tone, text) {
  const outcome = $('outcome');
  outcome.className = tone;
  outcome.textContent = text;
  outcome.hidden = false;
  clearTimeout(fade);
  // A failure stays until it is clicked away.
  if (tone === 'good') fade = setTimeout(() => { outcome.hidden = true; }, SUCCESS_SHOWN_MS);
}

function ask(service, action) {
  const dialog = $('confirm'), word = action === 'start' ? 'Start' : 'Restart';
  dialog.querySelector('h2').textContent = word + ' ' + service + '?';
  dialog.querySelector('p').textContent = action === 'start'
    ? 'Starts ' + service + ' and what it needs. Services that run are left alone.'
    : 'Stops ' + service + ' and starts it again. The other services run on.';
  dialog.querySelector('.primary').textContent = word;
  dialog.returnValue = 'no';
  dialog.onclose = () => dialog.returnValue === 'yes' && send(service, action);
  dialog.showModal();
}

async function send(service, action) {
  busy.add(service);
  markBusy();
  say('wait', (action === 'start' ? 'Starting ' : 'Restarting ') + service + ' …');
  try {
    const url = '/api/control/' + encodeURIComponent(service) + '/' + action;
    const answer = await fetch(url, { method: 'POST', headers: { 'x-sigctl-control': '1' } });
    const { error, message, hint } = await answer.json();
    const said = error ?? { message, hint };
    say(answer.ok ? 'good' : 'bad', said.message + (said.hint ? ' · ' + said.hint : ''));
  } catch {
    say('bad', 'No answer: whether ' + service + ' was ' + action + 'ed is not known. Look at its row.');
  } finally {
    busy.delete(service);
    markBusy();
    poll();
  }
}

document.addEventListener('click', (event) => {
  const button = event.target.closest('button[data-action]');
  if (button !== null) ask(button.dataset.service, button.dataset.action);
  if (event.target === $('outcome')) $('outcome').hidden = true;
});
document.addEventListener('visibilitychange', () => {
  if (document.hidden) return;
  tick();
  poll();
});
addEventListener('pageshow', (event) => event.persisted && poll());
setInterval(tick, 1000);
timer = setTimeout(poll, POLL_MS);
})();
`;
