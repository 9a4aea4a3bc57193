import { html, nothing } from 'lit';
import { api, get, orElse } from '../core/api.js';
import { ago, bytes, count, digest, number, percent } from '../core/format.js';
import { to } from '../core/router.js';
import { View } from '../core/view.js';
import { head, tableBox } from '../parts/pieces.js';

/** The columns of a table, with what is in them, and its first rows. */
class DatasetView extends View {
  async load() {
    const path = api`/training/datasets/${this.args.dataset}`;
    const [dataset, preview] = await Promise.all([get(path), orElse(get(api`${path}/preview`, { rows: 20 }), null)]);
    return { dataset, preview };
  }

  show({ dataset, preview }) {
    const statistics = new Map((preview?.columns ?? []).map((c) => [c.name, c]));
    return html`
      ${head({
        title: dataset.name,
        trail: [['Data sets', to`/datasets`]],
        about: html`${count(dataset.rows)} rows · ${bytes(dataset.size_bytes)} · ${ago(dataset.created_at)} by <bdi>${dataset.created_by}</bdi> · ${digest(dataset.digest)}`,
      })}
      <div class="stack wide">
        <section class="card flush" aria-labelledby="columns">
          <div class="card-head"><h2 id="columns">Columns</h2><span class="soft small">${count(dataset.columns.length)}</span></div>
          ${tableBox('Columns', html`<table>
            <thead><tr><th>Name</th><th>Type</th><th class="number">Missing</th><th class="number">Different</th><th class="number">Smallest</th><th class="number">Mean</th><th class="number">Largest</th><th>Most frequent</th></tr></thead>
            <tbody>${dataset.columns.map((c) => {
              const s = statistics.get(c.name) ?? {};
              return html`<tr>
                <td><bdi>${c.name}</bdi>${c.note ? html`<div class="small soft">${c.note}</div>` : nothing}</td>
                <td>${c.type}${c.type_source === 'guessed' ? html` <span class="small soft">guessed</span>` : nothing}</td>
                <td class="number">${c.missing ? `${count(c.missing)} (${percent(c.missing / dataset.rows)})` : '0'}</td>
                <td class="number">${count(s.approximate_distinct)}</td>
                <td class="number">${value(s.min)}</td><td class="number">${number(s.mean)}</td><td class="number">${value(s.max)}</td>
                <td>${frequencies(s.top ?? [], s.count)}</td>
              </tr>`;
            })}</tbody>
          </table>`)}
        </section>
        ${preview?.rows?.length
          ? html`<section class="card flush" aria-labelledby="rows">
              <div class="card-head"><h2 id="rows">First rows</h2></div>
              ${tableBox('First rows', html`<table>
                <thead><tr>${dataset.columns.map((c) => html`<th>${c.name}</th>`)}</tr></thead>
                <tbody>${preview.rows.map((row) => html`<tr>${dataset.columns.map((c) => html`<td class="nowrap"><bdi>${row[c.name] === undefined || row[c.name] === null ? html`<span class="soft">–</span>` : String(row[c.name])}</bdi></td>`)}</tr>`)}</tbody>
              </table>`)}
            </section>`
          : nothing}
        ${dataset.versions?.length > 1
          ? html`<section class="card flush" aria-labelledby="versions"><div class="card-head"><h2 id="versions">Versions</h2></div>
              ${tableBox('Versions', html`<table><tbody>${dataset.versions.map((v) => html`<tr><td>${digest(v.digest)}</td><td class="number">${count(v.rows)} rows</td><td><bdi>${v.created_by}</bdi></td><td class="right soft nowrap">${ago(v.created_at)}</td></tr>`)}</tbody></table>`)}</section>`
          : nothing}
      </div>
    `;
  }
}

/** A small histogram of the most frequent values. */
function frequencies(top, all) {
  if (!top.length) return html`<span class="soft">–</span>`;
  const highest = Math.max(...top.map((t) => t.count));
  return html`<div class="bars narrow">${top.slice(0, 3).map((t) => html`<div class="bar">
    <bdi title=${String(t.value)}>${value(t.value)}</bdi>
    <div class="track now" aria-hidden="true" .style=${`width: ${(100 * t.count) / highest}%`}></div>
    <span class="soft small number">${percent(all ? t.count / all : undefined)}</span></div>`)}</div>`;
}

function value(/** @type {unknown} */ v) {
  if (v === undefined || v === null) return '–';
  return typeof v === 'number' ? number(v) : String(v);
}

customElements.define('dataset-view', DatasetView);
