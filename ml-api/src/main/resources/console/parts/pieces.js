/** Small pieces of views, as functions that give templates. */
import { html, nothing } from 'lit';
import { whyNot } from '../core/session.js';
import { words } from '../core/format.js';

/** How a status word looks. Everything that is not named is quiet. */
const TONES = {
  good: ['completed', 'succeeded', 'ready', 'passed', 'met', 'up', 'production', 'better', 'verified', 'successful', 'present', 'closed', 'delivered', 'finished', 'acknowledged', 'not_worse', 'ok', 'kept'],
  warn: ['pending', 'awaiting_confirmation', 'draining', 'loading', 'staging', 'inconclusive', 'paused', 'holding', 'unverified', 'not_run', 'medium', 'low', 'unknown', 'self_reported', 'outside_max_age', 'degraded', 'lost', 'queued'],
  bad: ['failed', 'rejected', 'barred', 'down', 'worse', 'invalid', 'mismatch', 'high', 'critical', 'expired', 'not_met', 'aborted', 'refused', 'killed', 'violated', 'broken'],
  info: ['running', 'submitting', 'open', 'development', 'progressing', 'moving'],
};

/** @param {string | undefined} status */
export function tone(status) {
  const key = (status ?? '').toLowerCase();
  return Object.entries(TONES).find(([, all]) => all.includes(key))?.[0] ?? '';
}

/** @param {string | undefined} status @param {unknown} [text] */
export function badge(status, text) {
  return status ? html`<span class="badge ${tone(status)}">${text ?? words(status)}</span>` : nothing;
}

/**
 * A button for an act. One that is not this person's stays readable: it says why.
 *
 * @param {{label: string, needs?: string, because?: string, run: () => void, kind?: string}} act
 */
export function act({ label, needs, because, run, kind = '' }) {
  const why = (needs ? whyNot(needs) : '') || because || '';
  return html`<span class="act">
    <button type="button" class="button ${kind}" aria-disabled=${why ? 'true' : 'false'} @click=${() => !why && run()}>${label}</button>
    ${why ? html`<span class="why">${why}</span>` : nothing}
  </span>`;
}

/** What to do where there is nothing yet. */
export function empty(/** @type {string} */ title, /** @type {unknown} */ text, /** @type {unknown} */ more = nothing) {
  return html`<div class="empty"><h2>${title}</h2><p>${text}</p>${more}</div>`;
}

/**
 * The head of a view.
 *
 * @param {{title: unknown, about?: unknown, trail?: [string, string][], acts?: unknown}} parts
 */
export function head({ title, about, trail = [], acts }) {
  return html`<header class="head">
    <div class="titles">
      ${trail.length
        ? html`<nav class="trail" aria-label="Where this is">
            ${trail.map(([name, address]) => html`<a href=${address}><bdi>${name}</bdi></a><span aria-hidden="true">/</span>`)}
          </nav>`
        : nothing}
      <h1><bdi>${title}</bdi></h1>
      ${about ? html`<div class="soft">${about}</div>` : nothing}
    </div>
    <div class="acts">${acts ?? nothing}<curl-button></curl-button></div>
  </header>`;
}

/** @param {[string, unknown][]} facts those without a value are left out */
export function factList(facts) {
  return html`<dl class="facts">
    ${facts.filter(([, value]) => value !== undefined && value !== null && value !== '' && value !== nothing)
      .map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}
  </dl>`;
}

/** @param {number} percent @param {string} label */
export function progress(percent, label) {
  const known = Math.max(0, Math.min(100, percent ?? 0));
  return html`<div class="progress" role="progressbar" aria-label=${label} aria-valuemin="0" aria-valuemax="100" aria-valuenow=${known}>
    <div .style=${`width: ${known}%`}></div>
  </div>`;
}

/** A table that scrolls by itself where it is too wide, also by keyboard. */
export function tableBox(/** @type {string} */ label, /** @type {unknown} */ table) {
  return html`<div class="table-box" role="group" aria-label=${label} tabindex="0">${table}</div>`;
}
