import { html, nothing } from 'lit';
import { api, get } from '../core/api.js';
import { ago, bytes, count } from '../core/format.js';
import { setQuery, to } from '../core/router.js';
import { View } from '../core/view.js';
import { empty, head, tableBox } from '../parts/pieces.js';

/** Tables that jobs learn from. */
class DatasetsView extends View {
  pages = 1;

  async load() {
    const query = { name_contains: this.query.get('q') ?? '', page_size: 50 };
    const items = [];
    let token;
    for (let i = 0; i < this.pages; i++) {
      const page = await get(api`/training/datasets`, { ...query, page_token: token });
      items.push(...page.items);
      token = page.next_page_token;
      if (!token) break;
    }
    return { items, more: Boolean(token) };
  }

  show({ items, more }) {
    return html`
      ${head({ title: 'Data sets' })}
      <div class="stack">
        <div class="filters"><label class="field"><span>Name contains</span>
          <input type="search" .value=${this.query.get('q') ?? ''} @input=${(/** @type {any} */ e) => { setQuery({ q: e.target.value }); this.query = new URLSearchParams(location.search); this.refresh(); }} /></label></div>
        ${items.length
          ? html`<div class="card flush">${tableBox('Data sets', html`<table>
              <thead><tr><th>Name</th><th class="number">Rows</th><th class="number">Columns</th><th class="number">Size</th><th>By</th><th class="right">Newest version</th></tr></thead>
              <tbody>${items.map((d) => html`<tr><td class="name-cell"><a href=${to`/datasets/${d.name}`}><bdi>${d.name}</bdi></a></td><td class="number">${count(d.rows)}</td><td class="number">${count(d.columns?.length)}</td><td class="number">${bytes(d.size_bytes)}</td><td><bdi>${d.created_by}</bdi></td><td class="right soft nowrap">${ago(d.created_at)}</td></tr>`)}</tbody>
            </table>`)}</div>`
          : empty('There is no data set here', html`Upload a CSV or Parquet file with <code>PUT /training/datasets/{name}</code>.`)}
        ${more ? html`<span><button type="button" class="button" @click=${() => { this.pages++; this.refresh(); }}>Show more</button></span>` : nothing}
      </div>
    `;
  }
}

customElements.define('datasets-view', DatasetsView);
