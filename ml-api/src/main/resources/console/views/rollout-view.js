import { html, nothing } from 'lit';
import { api, get, post } from '../core/api.js';
import { ago, count, duration, inOwnTime, millis, number, percent, share, words } from '../core/format.js';
import { to } from '../core/router.js';
import { View } from '../core/view.js';
import { modelFrame } from '../parts/model-frame.js';
import { act, badge, factList, progress, tableBox } from '../parts/pieces.js';
import { attempt } from '../parts/toast.js';

const ENDED = ['completed', 'aborted', 'failed', 'cancelled'];

/** A roll-out: its steps, why it waits, and whether the new version does harm. */
class RolloutView extends View {
  every = 3000;

  get path() {
    return api`/models/${this.args.model}/rollouts/${this.args.rollout}`;
  }

  load() {
    return get(this.path);
  }

  show(r) {
    const over = Boolean(r.ended_at) || ENDED.includes(r.status);
    return html`
      ${modelFrame({
        model: this.args.model,
        tab: 'traffic',
        trail: [[this.args.model, to`/models/${this.args.model}`]],
        title: `Roll-out of version ${r.version}`,
        about: html`${badge(r.status)} ${badge(r.verdict)} against version ${r.stable_version} · since ${ago(r.started_at ?? r.requested_at)} by <bdi>${r.requested_by}</bdi>`,
      })}
      <div class="stack wide">
        <ol class="steps" aria-label="Steps">
          ${r.steps.map((s) => html`<li class=${s.status === 'current' && !over ? 'current' : ''} aria-current=${s.status === 'current' && !over ? 'step' : 'false'}>
            <b>${share(s.weight_bps)}</b><span>${words(s.status)}</span>
            <span class="soft small">${s.dwell ? `at least ${duration(s.dwell)}` : nothing}${s.minimum_requests ? ` · ${count(s.minimum_requests)} requests` : nothing}</span></li>`)}
        </ol>
        ${r.waits_for?.length
          ? html`<div class="note info"><b>It waits</b>${r.waits_for.map((w) => html`<p>${inOwnTime(w.message)}</p>`)}</div>`
          : r.verdict_reason ? html`<div class="note"><b>${words(r.verdict)}</b><p>${r.verdict_reason}</p></div>` : nothing}
        <div class="main-and-aside">
          <div class="stack">
            <section class="card flush" aria-labelledby="sides">
              <div class="card-head"><h2 id="sides">This step</h2></div>
              ${tableBox('Sides', html`<table>
                <thead><tr><th>Side</th><th class="number">Requests</th><th class="number">Errors</th><th class="number">Error rate</th><th class="number">p50</th><th class="number">p95</th><th class="number">p99</th><th class="number">Outcomes</th></tr></thead>
                <tbody>${[['Canary', r.canary], ['Stable', r.stable]].map(([name, s]) => s ? html`<tr><td>${name}</td><td class="number">${count(s.requests)}</td><td class="number">${count(s.errors)}</td><td class="number">${percent(s.error_rate)}</td>
                  ${['p50', 'p95', 'p99'].map((q) => html`<td class="number">${millis(s[`latency_${q}_ms`])}</td>`)}<td class="number">${count(s.outcomes)}</td></tr>` : nothing)}</tbody>
              </table>`)}
            </section>
            <section class="card" aria-labelledby="harm">
              <div class="card-head"><h2 id="harm">Does it do harm?</h2><span class="soft small">looked ${count(r.looks)} times, last ${ago(r.looked_at)}</span></div>
              <ul class="stack">${(r.comparisons ?? []).map((c) => html`<li class="stack tight">
                <div class="spread"><b>${words(c.metric)}</b><span class="soft small">evidence ${number(c.evidence)} of ${number(c.harm_at)}</span></div>
                ${progress((100 * Math.log(Math.max(1, c.evidence))) / Math.log(c.harm_at), `Evidence of harm by ${words(c.metric)}`)}
                <p class="small soft">${count(c.canary_bad)} of ${count(c.canary)} on the canary, ${count(c.stable_bad)} of ${count(c.stable)} on the stable version; p = ${number(c.p_value)}</p>
              </li>`)}</ul>
              ${r.comparisons?.length ? nothing : html`<p class="soft">Nothing is compared yet.</p>`}
            </section>
          </div>
          <div class="stack">
            ${over ? nothing : this.acts(r)}
            <section class="card" aria-labelledby="moves">
              <div class="card-head"><h2 id="moves">What happened</h2></div>
              <ul class="stack tight">${[...(r.history ?? [])].reverse().map((m) => html`<li><div class="spread"><b>${words(m.move)}${m.weight_bps === undefined ? nothing : html` · ${share(m.weight_bps)}`}</b><span class="soft small">${ago(m.at)}</span></div>
                <p class="small soft"><bdi>${m.by}</bdi>${m.reason ? html`: <bdi>${m.reason}</bdi>` : nothing}</p></li>`)}</ul>
            </section>
            <section class="card" aria-labelledby="judge">
              <div class="card-head"><h2 id="judge">How it is judged</h2></div>
              ${factList([
                ['Method', html`<span title=${r.method?.source ?? ''}>${r.method?.name}</span>`],
                ['At most wrong', percent(r.judgement?.alpha)],
                ['Quality metric', r.judgement?.quality_metric],
                ['At most', duration(r.judgement?.max_duration)],
                ['Slow above', r.slow_above_ms === undefined ? undefined : `${number(r.slow_above_ms)} ms`],
              ])}
            </section>
          </div>
        </div>
      </div>
    `;
  }

  acts(r) {
    const needs = 'traffic:write';
    return html`<section class="card" aria-labelledby="steer"><div class="card-head"><h2 id="steer">Steer it</h2></div>
      <div class="stack"><label class="field"><span>Reason</span><input name="reason" maxlength="500" /></label>
      <div class="row top">
        ${r.status === 'paused' ? act({ label: 'Go on', needs, run: () => this.steer('resume', 'It goes on.') }) : act({ label: 'Pause', needs, run: () => this.steer('pause', 'Paused.') })}
        ${act({ label: 'Next step now', needs, run: () => this.steer('promote', 'To the next step.', { to: 'next' }) })}
        ${act({ label: 'Abort', kind: 'danger', needs, run: () => this.steer('abort', 'Aborted; the stable version answers.') })}
      </div></div></section>`;
  }

  async steer(/** @type {string} */ verb, /** @type {string} */ done, /** @type {object} */ more = {}) {
    const reason = /** @type {HTMLInputElement} */ (this.querySelector('input[name=reason]')).value.trim();
    await attempt(done, () => post(api`${this.path}/${verb}`, { reason: reason || 'by hand on the console', ...more }));
    this.refresh();
  }
}

customElements.define('rollout-view', RolloutView);
