import { html, nothing } from 'lit';
import { api, get, post } from '../core/api.js';
import { ago, count, number, percent, share } from '../core/format.js';
import { to } from '../core/router.js';
import { View } from '../core/view.js';
import { modelFrame } from '../parts/model-frame.js';
import { act, badge, tableBox } from '../parts/pieces.js';
import { attempt } from '../parts/toast.js';

/** A shadow: whether a version that nobody hears would have answered alike, and as quickly. */
class ShadowView extends View {
  every = 4000;

  get path() {
    return api`/models/${this.args.model}/shadows/${this.args.shadow}`;
  }

  load() {
    return get(this.path);
  }

  show(s) {
    return html`
      ${modelFrame({
        model: this.args.model,
        tab: 'traffic',
        trail: [[this.args.model, to`/models/${this.args.model}`]],
        title: `Version ${s.version} as a shadow`,
        about: html`${badge(s.status)} copies of ${share(s.sample_bps)} of the units, since ${ago(s.started_at)} by <bdi>${s.started_by}</bdi>${s.ended_because ? html` · ended ${ago(s.ended_at)}: ${s.ended_because}` : nothing}`,
        acts: s.status === 'running' ? act({ label: 'End it', kind: 'danger', needs: 'traffic:write', run: () => this.end() }) : nothing,
      })}
      <div class="stack">
        ${s.comparisons.length ? s.comparisons.map((c) => this.comparison(c)) : html`<p class="soft">Nothing was copied yet. As soon as callers ask, both answers are compared here.</p>`}
      </div>
    `;
  }

  comparison(c) {
    const quantiles = /** @type {const} */ ([['p50', 'Half are quicker than'], ['p99', '99 of 100 are quicker than']]);
    return html`<section class="stack" aria-label="Compared with version ${c.version}">
      <h2>Compared with <a href=${to`/models/${this.args.model}/versions/${c.version}`}>version ${c.version}</a></h2>
      <div class="tiles">
        <div class="tile"><b>${c.agreement === undefined ? '–' : percent(c.agreement)}</b><span>answers agree</span></div>
        <div class="tile"><b>${number(c.mean_score_shift)}</b><span>mean shift of the score, at most ${number(c.max_score_shift)}</span></div>
        <div class="tile"><b>${count(c.rows)}</b><span>rows in ${count(c.answers)} answers</span></div>
        <div class="tile"><b>${count(c.failed + c.dropped + c.incomparable)}</b><span>not compared: ${count(c.failed)} failed, ${count(c.dropped)} dropped, ${count(c.incomparable)} incomparable</span></div>
      </div>
      ${c.latency
        ? html`<div class="card flush">${tableBox(`Latency beside version ${c.version}`, html`<table>
            <thead><tr><th>Latency</th><th class="number">Live</th><th class="number">Shadow</th><th class="number">Difference</th></tr></thead>
            <tbody>${quantiles.map(([q, said]) => html`<tr><td>${said}</td><td class="number">${number(c.latency[`live_${q}_ms`])} ms</td><td class="number">${number(c.latency[`shadow_${q}_ms`])} ms</td><td class="number">${number(c.latency[`${q}_difference_ms`])} ms</td></tr>`)}</tbody>
          </table>`)}</div>`
        : nothing}
    </section>`;
  }

  async end() {
    await attempt('The shadow has ended.', () => post(api`${this.path}/end`, { reason: 'ended on the console' }));
    this.refresh();
  }
}

customElements.define('shadow-view', ShadowView);
