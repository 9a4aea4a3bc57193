import { html, nothing } from 'lit';
import { api, get, list, orElse, orWithout } from '../core/api.js';
import { ago, at, count, digest, number, share, words } from '../core/format.js';
import { to } from '../core/router.js';
import { against } from '../core/stages.js';
import { View } from '../core/view.js';
import { modelFrame } from '../parts/model-frame.js';
import { badge, empty, factList, tableBox } from '../parts/pieces.js';
import '../parts/evidence-card.js';

/** All that is known of one version. */
class VersionView extends View {
  every = 10_000;

  get path() {
    return api`/models/${this.args.model}/versions/${this.args.version}`;
  }

  async load() {
    const model = api`/models/${this.args.model}`;
    const [version, policy, evidence, stages, serving] = await Promise.all([
      get(this.path),
      orElse(get(api`${model}/policy`), {}),
      orElse(list(api`${this.path}/evidence`, {}, 100), []),
      orElse(get(api`${this.path}/stages`), { items: [] }),
      orWithout(get(api`${this.path}/serving`), null),
    ]);
    return { version, policy, evidence, stages: stages.items, serving };
  }

  show({ version: v, policy, evidence, stages, serving }) {
    const rules = policy.baseline ?? [];
    return html`
      ${modelFrame({
        model: this.args.model,
        tab: 'life',
        trail: [[this.args.model, to`/models/${this.args.model}`]],
        title: `Version ${v.version}`,
        about: html`${badge(v.stage)} ${v.superseded ? badge('draining', 'Superseded') : nothing} since ${ago(v.stage_since)}${v.description ? html` · <bdi>${v.description}</bdi>` : nothing}`,
        acts: html`<a class="button" href=${to`/models/${this.args.model}/compare?a=${v.version}`}>Compare</a>`,
      })}
      ${v.overrides.map((o) => html`<div class="note warn"><b>Moved past its conditions to ${words(o.target_stage)} ${ago(o.at)}</b>
        <p><bdi>${o.reason}</bdi></p><p class="small">${(o.conditions ?? []).map(words).join(', ')} · <a href=${to`/models/${this.args.model}/transitions/${o.transition_id}`}>the transition</a></p></div>`)}
      <div class="main-and-aside">
        <div class="stack">
          <section class="card flush" aria-labelledby="metrics">
            <div class="card-head"><h2 id="metrics">Metrics</h2>${v.evaluated_on ? html`<span class="soft small">on data ${digest(v.evaluated_on)}</span>` : nothing}</div>
            ${Object.keys(v.metrics ?? {}).length
              ? tableBox('Metrics', html`<table>
                  <thead><tr><th>Metric</th><th class="number">Value</th><th>The baseline asks</th></tr></thead>
                  <tbody>${Object.entries(v.metrics).map(([name, value]) => {
                    const rule = rules.find((r) => r.metric === name);
                    const held = rule ? against(rule, v.metrics) : null;
                    return html`<tr><td>${name}</td><td class="number">${number(/** @type {number} */ (value))}</td>
                      <td>${held ? html`${held.wanted} ${badge(held.ok ? 'met' : 'not_met')}` : html`<span class="soft">nothing</span>`}</td></tr>`;
                  })}</tbody>
                </table>`)
              : html`<p class="soft pad">None are known.</p>`}
          </section>
          <section class="stack" aria-labelledby="evidence">
            <h2 id="evidence">Evidence</h2>
            ${evidence.length
              ? evidence.map((e) => html`<evidence-card .evidence=${e} .path=${this.path}></evidence-card>`)
              : empty('Nothing is proved yet', html`The platform’s own checks run by <code>POST ${this.path}/validate</code>; your reports come by <code>POST ${this.path}/evidence</code>.`)}
          </section>
          ${this.signature(v.signature)}
        </div>
        <div class="stack">
          <section class="card" aria-labelledby="origin">
            <div class="card-head"><h2 id="origin">Where it comes from</h2></div>
            ${factList([
              ['Trained by', html`<bdi>${v.trained_by ?? v.registered_by}</bdi>`],
              ['Provenance', html`${badge(v.provenance)}${v.provenance_reason ? html`<div class="small soft">${v.provenance_reason}</div>` : nothing}`],
              ['Job', v.job_id ? html`<a href=${to`/training/${v.job_id}`}>${v.job_id.slice(0, 8)}</a>` : undefined],
              ['Experiment', v.experiment_id ? html`<a href=${to`/experiments/${v.experiment_id}`}>${v.experiment_id}</a>` : undefined],
              ['Run', v.run_id ? html`<code>${v.run_id.slice(0, 12)}</code>` : undefined],
              ['Added', at(v.created_at)],
              ['Files', digest(v.digest)],
              ['ONNX', badge(v.onnx)],
            ])}
          </section>
          ${serving ? this.serving(serving) : nothing}
          <section class="card" aria-labelledby="stages">
            <div class="card-head"><h2 id="stages">Its way so far</h2></div>
            <ul class="stack tight">
              ${[...stages].reverse().map((s) => html`<li><span class="row">${badge(s.stage)}<span class="soft small">${ago(s.since)} by <bdi>${s.by}</bdi></span></span>
                ${s.transition_id ? html`<a class="small" href=${to`/models/${this.args.model}/transitions/${s.transition_id}`}>The transition</a>` : nothing}</li>`)}
            </ul>
          </section>
        </div>
      </div>
    `;
  }

  serving(s) {
    return html`<section class="card" aria-labelledby="serving">
      <div class="card-head"><h2 id="serving">Where it serves</h2></div>
      ${factList([
        ['Traffic', s.weight_bps ? share(s.weight_bps) : 'none'],
        ['In flight', count(s.in_flight)],
        ['Last asked', s.last_request_at ? ago(s.last_request_at) : 'never'],
        ['Pinned callers', s.pinned_callers?.length ? s.pinned_callers.map((p) => html`<div><bdi>${p.principal}</bdi></div>`) : undefined],
      ])}
      <ul class="stack tight">${(s.deployments ?? []).map((d) => html`<li class="row">${badge(d.status)}<span class="soft small">${d.engine}, ${ago(d.created_at)}</span></li>`)}</ul>
    </section>`;
  }

  signature(signature) {
    if (!signature?.inputs) return nothing;
    return html`<section class="card flush" aria-labelledby="inputs">
      <div class="card-head"><h2 id="inputs">Inputs</h2><span class="soft small">${signature.inputs.length}</span></div>
      ${tableBox('Inputs', html`<table>
        <thead><tr><th>Name</th><th>Type</th><th>May be missing</th><th>From the feature store</th></tr></thead>
        <tbody>${signature.inputs.map((i) => {
          const feature = (signature.features?.references ?? []).find((r) => r.endsWith(`:${i.name}`));
          return html`<tr><td><bdi>${i.name}</bdi></td><td>${i.type}</td><td>${i.nullable ? 'yes' : 'no'}</td>
            <td>${feature ? html`<a href=${to`/features/${feature.split(':')[0]}`}>${feature}</a>` : html`<span class="soft">–</span>`}</td></tr>`;
        })}</tbody>
      </table>`)}
    </section>`;
  }
}

customElements.define('version-view', VersionView);
