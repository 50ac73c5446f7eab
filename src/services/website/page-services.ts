import { formatDuration } from '../../core/duration.js';
import type { ServiceReport } from '../../core/service-report.js';
import { formatSize } from '../../core/size.js';
import { formatAge } from './format.js';
import { type Html, html } from './html.js';
import type { SiteSnapshot } from './site-snapshot.js';
import { VERDICT_TONE } from './tone.js';

/** Past this share of the limit the bar turns amber, as the verdict does. */
const MEMORY_SOFT_SHARE = 0.9;

/**
 * The table of services, in manifest order: a row never jumps away under the pointer.
 * `ownService` gets no button, because a site cannot report its own restart.
 */
export function renderServices({ services, faults, asOfMs }: SiteSnapshot, ownService: string): Html {
  // The headline says why nothing is known.
  if (services.kind !== 'read') return html``;
  if (services.value.length === 0) {
    return html`<section class="card"><h2>Services</h2>${renderEmpty('The stack has no services.', 'sigctl start')}</section>`;
  }
  return html`<section class="card services"><h2>Services</h2>
<table><thead><tr><th>Service</th><th>Verdict</th><th>State</th><th class="n">PID</th><th class="n">Uptime</th><th class="n">Restarts</th>
<th class="n">Memory</th><th class="n">CPU</th><th class="n">Heartbeat</th><th class="n">Progress</th><th><span class="sr">Actions</span></th></tr></thead>
<tbody>${services.value.map((report) => renderRow(report, asOfMs, ownService))}</tbody></table>${faults.map((fault) => html`<p class="note fault">${fault}</p>`)}</section>`;
}

/** What stands where data will be: why there is none, and the command that changes it. */
export function renderEmpty(reason: string, next: string): Html {
  return html`<p class="empty">${reason}<br><span>Type</span> <code>${next}</code></p>`;
}

function renderRow(report: ServiceReport, asOfMs: number, ownService: string): Html {
  return html`<tr id="service-${report.key}" class="${report.wanted ? 'wanted' : 'unwanted'} ${report.pid === null ? 'absent' : 'live'}">
<th scope="row">${report.key}${report.port === null ? null : html`<small>port ${report.port}</small>`}</th>
<td class="verdict"><span class="pill ${VERDICT_TONE[report.verdict]}">${report.verdict}</span><span class="why">${report.reason !== report.verdict && report.reason}${
    report.next === null ? null : html` <code>${report.next}</code>`
  }</span></td>
<td data-label="State">${report.state ?? '–'}${stateReason(report)}</td>
<td class="n" data-label="PID">${report.pid ?? '–'}</td>
<td class="n" data-label="Uptime">${report.uptimeMs === null ? '–' : formatUptime(report.uptimeMs)}</td>
<td class="n" data-label="Restarts">${report.restarts ?? '–'}</td>
<td class="n memory" data-label="Memory">${renderMemory(report)}</td>
<td class="n" data-label="CPU">${report.cpuPercent === null ? '–' : `${report.cpuPercent.toFixed(1)} %`}</td>
<td class="n" data-label="Heartbeat">${renderAge(report.heartbeatAgeMs, report.heartbeatWithinMs, asOfMs)}</td>
<td class="n" data-label="Progress">${renderAge(report.progressAgeMs, report.progressWithinMs, asOfMs)}${
    report.progressName === null ? null : html`<small>${report.progressName}</small>`
  }</td>
<td class="action">${report.service === ownService ? html`<small>this page</small>` : renderButton(report)}</td>
</tr>`;
}

/** The reason already stands beside the verdict when the verdict quotes it. */
function stateReason({ stateReason: text, reason }: ServiceReport): Html | null {
  return text === null || reason.includes(text) ? null : html`<small>${text}</small>`;
}

/** Hidden where no script runs: without one it could not do anything. */
function renderButton(report: ServiceReport): Html {
  const action = report.pid === null ? 'start' : 'restart';
  const label = action === 'start' ? 'Start' : 'Restart';
  return html`<button type="button" data-service="${report.service}" data-action="${action}" aria-label="${label} ${report.service}">${label}</button>`;
}

function renderMemory({ memoryBytes, memoryLimitBytes }: ServiceReport): Html | string {
  if (memoryBytes === null) return '–';
  if (memoryLimitBytes === null) return formatSize(memoryBytes);
  const share = Math.min(1, memoryBytes / memoryLimitBytes);
  return html`${formatSize(memoryBytes)}<small>of ${formatSize(memoryLimitBytes)}</small><svg class="bar" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true"><rect class="track" width="100" height="4"/><rect class="${
    share >= MEMORY_SOFT_SHARE ? 'fill warn' : 'fill'
  }" width="${(share * 100).toFixed(1)}" height="4"/></svg>`;
}

/** An age that the page's script keeps counting between two answers of the server. */
function renderAge(ageMs: number | null, limitMs: number | null, asOfMs: number): Html | string {
  if (ageMs === null) return '–';
  const limit = limitMs === null ? '' : `limit ${formatDuration(limitMs)}`;
  return html`<time data-at="${asOfMs - ageMs}" title="${limit}"${limitMs !== null && ageMs > limitMs && html` class="late"`}>${formatAge(ageMs)}</time>`;
}

/** Whole seconds below ten, as all ages of the page. */
function formatUptime(ms: number): string {
  return ms < 10_000 ? `${Math.floor(ms / 1_000)}s` : formatDuration(ms);
}
