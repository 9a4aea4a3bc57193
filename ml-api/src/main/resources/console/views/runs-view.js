import { html, nothing } from 'lit';
import { api, get } from '../core/api.js';
import { ago, lasted, number } from '../core/format.js';
import { setQuery, to } from '../core/router.js';
import { View } from '../core/view.js';
import { badge, empty, head, tableBox } from '../parts/pieces.js';

const PAGE = 50;
const AT_FIRST = 3;

/** The runs of one experiment, with the columns that the viewer chose; filter and order are the address's. */
class RunsView extends View {
  static properties = { compared: { state: true } };

  constructor() {
    super();
    this.pages = 1;
    /** @type {any} */
    this.compared = null;
    /** @type {Set<string>} */
    this.chosen = new Set();
  }

  get path() {
    return api`/experiments/${this.args.experiment}`;
  }

  async load() {
    const experiment = await get(this.path);
    const runs = [];
    let token;
    for (let i = 0; i < this.pages; i++) {
      const page = await get(api`${this.path}/runs`, { page_size: PAGE, filter: this.query.get('filter') ?? '', order_by: this.query.get('order') ?? '', page_token: token });
      runs.push(...page.items);
      token = page.next_page_token;
      if (!token) break;
    }
    return { experiment, runs, more: Boolean(token) };
  }

  change(/** @type {Record<string, string>} */ values) {
    setQuery(values);
    this.query = new URLSearchParams(location.search);
    this.refresh();
  }

  /** Columns by the names that the address has, else a few of each kind. */
  columns(runs) {
    const metrics = [...new Set(runs.flatMap((r) => Object.keys(r.metrics ?? {})))].sort();
    const params = [...new Set(runs.flatMap((r) => Object.keys(r.params ?? {})))].sort();
    const all = [...metrics.map((m) => `metrics.${m}`), ...params.map((p) => `params.${p}`)];
    const wanted = this.query.get('columns');
    const shown = wanted === null
      ? [...metrics.filter((m) => m.startsWith('eval.')).concat(metrics.filter((m) => !m.startsWith('eval.'))).slice(0, AT_FIRST).map((m) => `metrics.${m}`), ...differing(runs, params).slice(0, AT_FIRST).map((p) => `params.${p}`)]
      : wanted.split('|').filter((c) => all.includes(c));
    return { all, shown };
  }

  show({ experiment, runs, more }) {
    const { all, shown } = this.columns(runs);
    const order = this.query.get('order') ?? '';
    return html`
      ${head({ title: experiment.name, trail: [['Experiments', to`/experiments`]], about: experiment.description ?? `Experiment ${experiment.id}` })}
      <div class="stack">
        <div class="filters">
          <label class="field wide"><span>Filter, as MLflow writes it</span>
            <input .value=${this.query.get('filter') ?? ''} placeholder="metrics.eval.auc > 0.7 and params.max_depth = '6'" @change=${(/** @type {any} */ e) => this.change({ filter: e.target.value.trim() })} /></label>
          <details class="more"><summary>Columns (${shown.length} of ${all.length})</summary>
            <div class="card choices">${all.map((c) => html`<label class="row"><input type="checkbox" .checked=${shown.includes(c)} @change=${(/** @type {any} */ e) => this.change({ columns: (e.target.checked ? [...shown, c] : shown.filter((s) => s !== c)).join('|') || '|' })} /><span>${c}</span></label>`)}</div>
          </details>
          <button type="button" class="button" ?disabled=${this.chosen.size < 2} @click=${() => { this.compared = runs.filter((r) => this.chosen.has(r.run_id)); }}>Compare the chosen</button>
        </div>
        ${this.compared ? this.comparison(this.compared) : nothing}
        ${runs.length
          ? html`<div class="card flush">${tableBox('Runs', html`<table>
              <thead><tr><th><span class="visually-hidden">Chosen</span></th><th>Run</th><th>State</th>
                ${shown.map((c) => {
                  const sorted = order.startsWith(`${c} `) ? order.split(' ')[1] : '';
                  return html`<th class="number" aria-sort=${sorted === 'desc' ? 'descending' : sorted === 'asc' ? 'ascending' : 'none'}><button type="button" @click=${() => this.change({ order: `${c} ${sorted === 'desc' ? 'asc' : 'desc'}` })}>${c.replace(/^(metrics|params)\./, '')}${sorted === 'desc' ? ' ↓' : sorted === 'asc' ? ' ↑' : ''}</button></th>`;
                })}
                <th class="number">Took</th><th class="right">Started</th></tr></thead>
              <tbody>${runs.map((r) => html`<tr>
                <td><input type="checkbox" aria-label="Choose run ${r.name}" .checked=${this.chosen.has(r.run_id)} @change=${() => this.choose(r.run_id)} /></td>
                <td class="name-cell">${r.tags?.['matih.job_id'] ? html`<a href=${to`/training/${r.tags['matih.job_id']}`}><bdi>${r.name}</bdi></a>` : html`<bdi>${r.name ?? r.run_id}</bdi>`}<div class="small soft"><code>${r.run_id.slice(0, 8)}</code></div></td>
                <td>${badge(r.status)}</td>
                ${shown.map((c) => html`<td class="number">${cell(r, c)}</td>`)}
                <td class="number">${lasted(r.started_at, r.ended_at)}</td><td class="right soft nowrap">${ago(r.started_at)}</td>
              </tr>`)}</tbody>
            </table>`)}</div>`
          : empty('No run is here', this.query.get('filter') ? 'Change the filter above.' : 'A run begins with a training job, an MLflow client or POST /experiments/{id}/runs.')}
        ${more ? html`<span><button type="button" class="button" @click=${() => { this.pages++; this.refresh(); }}>Show more</button></span>` : nothing}
      </div>
    `;
  }

  choose(/** @type {string} */ id) {
    if (!this.chosen.delete(id)) this.chosen.add(id);
    this.requestUpdate();
  }

  comparison(runs) {
    const metrics = [...new Set(runs.flatMap((r) => Object.keys(r.metrics ?? {})))].sort();
    const params = differing(runs, [...new Set(runs.flatMap((r) => Object.keys(r.params ?? {})))].sort());
    return html`<section class="card flush" aria-labelledby="compared">
      <div class="card-head"><h2 id="compared">Side by side</h2><button type="button" class="button quiet" @click=${() => (this.compared = null)}>Close</button></div>
      ${tableBox('Side by side', html`<table>
        <thead><tr><th>What</th>${runs.map((r) => html`<th class="number"><bdi>${r.name ?? ''}</bdi> <code>${r.run_id.slice(0, 6)}</code></th>`)}</tr></thead>
        <tbody>
          ${metrics.map((m) => html`<tr><td>${m}</td>${runs.map((r) => html`<td class="number">${number(r.metrics?.[m]?.value)}</td>`)}</tr>`)}
          ${params.map((p) => html`<tr><td class="soft">${p}</td>${runs.map((r) => html`<td class="number">${r.params?.[p] ?? '–'}</td>`)}</tr>`)}
        </tbody></table>`)}
    </section>`;
  }
}

/** Parameters in which runs differ; all when there is one run. */
function differing(runs, params) {
  return runs.length < 2 ? params : params.filter((p) => new Set(runs.map((r) => r.params?.[p])).size > 1);
}

function cell(run, column) {
  const [kind, ...rest] = column.split('.');
  const name = rest.join('.');
  return kind === 'metrics' ? number(run.metrics?.[name]?.value) : (run.params?.[name] ?? '–');
}

customElements.define('runs-view', RunsView);
