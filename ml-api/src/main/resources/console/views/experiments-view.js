import { html, nothing } from 'lit';
import { api, get } from '../core/api.js';
import { ago } from '../core/format.js';
import { setQuery, to } from '../core/router.js';
import { View } from '../core/view.js';
import { empty, head, tableBox } from '../parts/pieces.js';

/** Experiments of the tenant, newest first. */
class ExperimentsView extends View {
  pages = 1;

  async load() {
    const query = { name_contains: this.query.get('q') ?? '', page_size: 50 };
    const items = [];
    let token;
    for (let i = 0; i < this.pages; i++) {
      const page = await get(api`/experiments`, { ...query, page_token: token });
      items.push(...page.items);
      token = page.next_page_token;
      if (!token) break;
    }
    return { items, more: Boolean(token) };
  }

  show({ items, more }) {
    return html`
      ${head({ title: 'Experiments', about: 'Runs of notebooks and of training jobs, kept in MLflow.' })}
      <div class="stack">
        <div class="filters"><label class="field"><span>Name contains</span>
          <input type="search" .value=${this.query.get('q') ?? ''} @input=${(/** @type {any} */ e) => { setQuery({ q: e.target.value }); this.query = new URLSearchParams(location.search); this.refresh(); }} /></label></div>
        ${items.length
          ? html`<div class="card flush">${tableBox('Experiments', html`<table>
              <thead><tr><th>Name</th><th>Made by</th><th class="right">Changed</th></tr></thead>
              <tbody>${items.map((e) => html`<tr><td class="name-cell"><a href=${to`/experiments/${e.id}`}><bdi>${e.name}</bdi></a>${e.description ? html`<div class="small soft"><bdi>${e.description}</bdi></div>` : nothing}</td><td><bdi>${e.tags?.['matih.created_by'] ?? ''}</bdi></td><td class="right soft nowrap">${ago(e.last_updated)}</td></tr>`)}</tbody>
            </table>`)}</div>`
          : empty('There is no experiment here', html`Point an MLflow client at this address, or <code>POST /experiments</code>.`)}
        ${more ? html`<span><button type="button" class="button" @click=${() => { this.pages++; this.refresh(); }}>Show more</button></span>` : nothing}
      </div>
    `;
  }
}

customElements.define('experiments-view', ExperimentsView);
