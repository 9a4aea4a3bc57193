import { html, nothing } from 'lit';
import { api, get, list, orElse } from '../core/api.js';
import { ago, count, number, percent, some, words } from '../core/format.js';
import { to } from '../core/router.js';
import { View } from '../core/view.js';
import { distributions } from '../parts/distributions.js';
import { modelFrame } from '../parts/model-frame.js';
import { badge, empty, factList, tableBox } from '../parts/pieces.js';

const WINDOWS = ['1h', '6h', '24h', '7d', '30d'];
const WINDOW_NAMES = { '1h': '1 hour', '6h': '6 hours', '24h': '24 hours', '7d': '7 days', '30d': '30 days' };

/** What is different from training: each input and answer, over several windows. */
class DriftView extends View {
  static properties = { chosen: { state: true }, arm: { state: true } };

  every = 30_000;

  constructor() {
    super();
    /** @type {{window: string, name: string} | null} */
    this.chosen = null;
    /** @type {string | null} an arm, as version and variant */
    this.arm = null;
  }

  async load() {
    const path = api`/models/${this.args.model}`;
    const [model, alerts, ...reports] = await Promise.all([
      get(path),
      orElse(list(api`${path}/drift/alerts`, {}, 50), []),
      ...WINDOWS.map((window) => orElse(get(api`${path}/drift`, { window }), null)),
    ]);
    return { model, alerts, reports: reports.filter(Boolean) };
  }

  show({ model, alerts, reports }) {
    const arms = new Map(reports.flatMap((r) => r.arms.map((a) => [`${a.version} ${a.variant}`, a])));
    const served = [...arms.entries()].filter(([, a]) => a.variant !== 'pinned');
    const arm = this.arm ?? (served.at(-1) ?? [...arms.entries()].at(-1))?.[0];
    return html`
      ${modelFrame({ model: this.args.model, tab: 'drift', title: model.name })}
      <div class="stack">
      ${alerts.filter((a) => a.status === 'open').map((a) => html`<div class="note warn"><b>Drift of ${some(a.features)} on version ${a.version}, ${a.variant}</b>
        <p>${words(a.severity)}, cause: ${words(a.cause).toLowerCase()} · open since ${ago(a.opened_at)} · ${a.reaction_detail ?? `reaction: ${a.reaction}`}</p></div>`)}
      ${arm ? this.map(reports, arms, arm) : empty('Nobody was answered yet', 'Drift is counted where predictions are made. Once a version answers, this page compares what it sees with what training saw.')}
      ${alerts.some((a) => a.status !== 'open')
        ? html`<section class="card flush space-above" aria-labelledby="past"><div class="card-head"><h2 id="past">Past alerts</h2></div>
            ${tableBox('Past alerts', html`<table><tbody>${alerts.filter((a) => a.status !== 'open').map((a) => html`<tr><td>${a.features.join(', ')}</td><td>${badge(a.severity)}</td><td class="soft">${a.closed_because ?? ''}</td><td class="right soft nowrap">${ago(a.closed_at)}</td></tr>`)}</tbody></table>`)}</section>`
        : nothing}
      </div>
    `;
  }

  map(reports, arms, arm) {
    const columns = reports.map((r) => ({ report: r, arm: r.arms.find((a) => `${a.version} ${a.variant}` === arm) }));
    const names = [...new Set(columns.flatMap(({ arm: a }) => [...(a?.inputs ?? []), ...(a?.answers ?? [])].map((f) => f.name)))];
    const widest = columns.findLast(({ arm: a }) => a && a.severity !== 'insufficient_data') ?? columns.at(-1);
    const chosen = this.chosen;
    const cell = chosen && columns.find(({ report }) => report.window === chosen.window)?.arm;
    const feature = cell && [...cell.inputs, ...cell.answers].find((f) => f.name === chosen.name);
    return html`
      <div class="stack">
        <div class="spread">
          <label class="field"><span>Arm</span><select @change=${(/** @type {any} */ e) => { this.arm = e.target.value; this.chosen = null; }}>
            ${[...arms.keys()].map((key) => html`<option value=${key} ?selected=${key === arm}>Version ${key.replace(' ', ', ')}</option>`)}</select></label>
          <p class="soft">${widest?.report.cause_in_words} ${widest?.arm?.note ?? widest?.report.note ?? ''}</p>
        </div>
        <div class="main-and-aside">
          <section class="card" aria-labelledby="heat">
            <div class="card-head"><h2 id="heat">Input by window</h2><span class="soft small">population stability index, what chance explains taken off</span></div>
            ${names.length
              ? tableBox('Drift by input and window', html`<table class="heat">
                  <thead><tr><td></td>${columns.map(({ report }) => html`<th scope="col">${WINDOW_NAMES[/** @type {keyof typeof WINDOW_NAMES} */ (report.window)]}</th>`)}</tr></thead>
                  <tbody>${names.map((name) => html`<tr><th scope="row"><bdi>${name}</bdi></th>
                    ${columns.map(({ report, arm: a }) => {
                      const f = a && [...a.inputs, ...a.answers].find((x) => x.name === name);
                      const enough = f && f.rows >= report.min_rows;
                      const pressed = chosen?.window === report.window && chosen?.name === name;
                      return html`<td>${f
                        ? html`<button type="button" class=${enough ? f.severity : ''} aria-pressed=${pressed ? 'true' : 'false'} aria-label="${name}, ${report.window}: ${enough ? f.severity : 'too few rows'}" @click=${() => (this.chosen = { window: report.window, name })}>${enough ? number(Math.max(0, Math.round(f.psi_excess * 1000) / 1000)) : '·'}</button>`
                        : html`<span class="soft small">–</span>`}</td>`;
                    })}</tr>`)}</tbody>
                </table>`)
              : html`<p class="soft">${widest?.arm?.note ?? 'No input was counted on this arm yet.'}</p>`}
          </section>
          <section class="card" aria-live="polite" aria-label="Behind the number">
            ${feature
              ? html`<div class="card-head"><h2><bdi>${feature.name}</bdi></h2>${badge(feature.severity)}</div>
                  <div class="stack">
                    ${distributions(feature)}
                    ${factList([
                      ['Rows', `${count(feature.rows)} now, ${count(feature.reference_rows)} in training`],
                      ['Stability index', `${number(feature.psi)}, by chance ${number(feature.psi_by_chance)}`],
                      ['Chi-square, adjusted p', number(feature.chi_square?.p_adjusted)],
                      ['Without a value', `${percent(feature.missing_rate)}, in training ${percent(feature.missing_expected)}`],
                      ['Out of range', feature.out_of_range_rate === undefined ? undefined : percent(feature.out_of_range_rate)],
                    ])}
                  </div>`
              : html`<h2>Behind the number</h2><p class="soft">Choose a cell to see the two distributions behind it.</p>`}
          </section>
        </div>
      </div>
    `;
  }
}

customElements.define('drift-view', DriftView);
