import { html, nothing } from 'lit';
import { api, get, orElse, post, Refusal } from '../core/api.js';
import { ago, at, duration, words } from '../core/format.js';
import { to } from '../core/router.js';
import { may } from '../core/session.js';
import { View } from '../core/view.js';
import { act, badge, factList, head, tableBox } from '../parts/pieces.js';
import { problemNote } from '../parts/problem-note.js';

/** One feature view: its features, where they come from and go to, and a form that asks for values. */
class FeatureView extends View {
  static properties = { answer: { state: true } };

  constructor() {
    super();
    /** @type {unknown} */
    this.answer = nothing;
  }

  async load() {
    const view = await get(api`/features/${this.args.view}`);
    const source = view.source ? await orElse(get(api`/features/sources/${view.source}`), null) : null;
    return { view, source };
  }

  show({ view, source }) {
    const described = view.features.some((f) => f.description);
    return html`
      ${head({ title: view.name, trail: [['Features', to`/features`]], about: html`${view.description ? html`<bdi>${view.description}</bdi> · ` : nothing}${words(view.kind)} view about ${(view.entities ?? []).join(', ')}` })}
      <div class="main-and-aside">
        <div class="stack">
          <section class="card" aria-labelledby="ask"><div class="card-head"><h2 id="ask">Ask for online values</h2></div>
            <form class="stack" @submit=${(/** @type {SubmitEvent} */ e) => { e.preventDefault(); this.ask(view); }}>
              ${(view.join_keys ?? []).map((k) => html`<label class="field"><span>${k.name} <span class="soft">${k.type}, several with commas</span></span><input name=${k.name} required /></label>`)}
              <div>${act({ label: 'Ask', kind: 'primary', needs: may('features:read') ? 'features:read' : 'predictions:create', because: view.online ? '' : 'This view has no online values.', run: () => /** @type {HTMLFormElement} */ (this.querySelector('form')).requestSubmit() })}</div>
            </form>
            <div aria-live="polite" class="space-above">${this.answer}</div>
          </section>
          <section class="card flush" aria-labelledby="features"><div class="card-head"><h2 id="features">Features</h2></div>
            ${tableBox('Features', html`<table><thead><tr><th>Name</th><th>Type</th>${described ? html`<th>Description</th>` : nothing}</tr></thead>
              <tbody>${view.features.map((f) => html`<tr><td><code>${f.name}</code></td><td>${f.type}</td>${described ? html`<td class="soft"><bdi>${f.description}</bdi></td>` : nothing}</tr>`)}</tbody></table>`)}</section>
        </div>
        <div class="stack">
          <section class="card" aria-labelledby="fresh"><div class="card-head"><h2 id="fresh">Freshness</h2></div>
            ${factList([
              ['Filled', view.freshness?.last_updated ? ago(view.freshness.last_updated) : 'never'],
              ['Values until', view.freshness?.materialized_until ? at(view.freshness.materialized_until) : undefined],
              ['Too old after', view.ttl ? duration(view.ttl) : 'never'],
            ])}
            ${(view.conditions ?? []).map((c) => html`<p class="small space-above">${badge(c.status === 'true' ? 'ready' : 'pending', words(c.type))} <span class="soft">${c.message}</span></p>`)}</section>
          <section class="card" aria-labelledby="lineage"><div class="card-head"><h2 id="lineage">Where from, where to</h2></div>
            ${factList([
              ['Source', view.source],
              ['Data set', source?.dataset ? html`<a href=${to`/datasets/${source.dataset.split('@')[0]}`}>${source.dataset.split('@')[0]}</a>` : undefined],
              ['Files', source?.uri ? html`<code>${source.uri}</code>` : undefined],
              ['Time column', source?.timestamp_column],
              ['Used by', view.used_by?.length ? view.used_by.map((u) => html`<div><bdi>${u}</bdi></div>`) : 'no service'],
              ['Owner', view.owner],
            ])}</section>
        </div>
      </div>
    `;
  }

  async ask(view) {
    const entities = Object.fromEntries(view.join_keys.map((k) => {
      const text = /** @type {HTMLInputElement} */ (this.querySelector(`input[name="${CSS.escape(k.name)}"]`)).value;
      return [k.name, text.split(',').map((part) => (/^int|double|float/.test(k.type) ? Number(part.trim()) : part.trim()))];
    }));
    try {
      const answer = await post(api`/features/serve`, { features: view.features.map((f) => `${view.name}:${f.name}`), entities });
      this.answer = html`${answer.rows.map((row) => html`<div class="stack tight">
        <b><bdi>${Object.values(row.entity).join(', ')}</bdi></b>
        ${tableBox('Values', html`<table><thead><tr><th>Feature</th><th class="number">Value</th><th>State</th><th class="right">As of</th></tr></thead>
          <tbody>${Object.entries(row.values).map(([name, v]) => html`<tr><td><code>${name}</code></td><td class="number">${/** @type {any} */ (v).value === undefined ? '–' : String(/** @type {any} */ (v).value)}</td><td>${badge(/** @type {any} */ (v).status)}</td><td class="right soft nowrap">${ago(/** @type {any} */ (v).event_timestamp)}</td></tr>`)}</tbody></table>`)}
      </div>`)}`;
    } catch (e) {
      if (!(e instanceof Refusal)) throw e;
      this.answer = problemNote(e.problem);
    }
  }
}

customElements.define('feature-view', FeatureView);
