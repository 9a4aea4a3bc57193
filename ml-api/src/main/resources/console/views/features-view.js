import { html, nothing } from 'lit';
import { api, get, list, orElse } from '../core/api.js';
import { ago, count, words } from '../core/format.js';
import { setQuery, to } from '../core/router.js';
import { View } from '../core/view.js';
import { badge, empty, head, progress, tableBox } from '../parts/pieces.js';

/** The catalogue of features, how fresh they are, and what fills them. */
class FeaturesView extends View {
  every = 10_000;

  async load() {
    const [views, services, materializations] = await Promise.all([
      list(api`/features`, { q: this.query.get('q') ?? '' }, 400),
      orElse(list(api`/features/services`, {}, 100), []),
      orElse(get(api`/features/materializations`, { page_size: 8 }), { items: [] }),
    ]);
    return { views, services, materializations: materializations.items };
  }

  show({ views, services, materializations }) {
    return html`
      ${head({ title: 'Features', about: 'What models may be told about the things they judge.' })}
      <div class="stack wide">
        <div class="filters"><label class="field"><span>Search</span>
          <input type="search" .value=${this.query.get('q') ?? ''} @input=${(/** @type {any} */ e) => { setQuery({ q: e.target.value }); this.query = new URLSearchParams(location.search); this.refresh(); }} /></label></div>
        ${views.length
          ? html`<div class="card flush">${tableBox('Feature views', html`<table>
              <thead><tr><th>View</th><th>Kind</th><th>About</th><th class="number">Features</th><th>Online</th><th>Values until</th><th>Used by</th></tr></thead>
              <tbody>${views.map((v) => html`<tr>
                <td class="name-cell"><a href=${to`/features/${v.name}`}><bdi>${v.name}</bdi></a>${v.description ? html`<div class="small soft"><bdi>${v.description}</bdi></div>` : nothing}</td>
                <td>${words(v.kind)}</td><td>${(v.entities ?? []).join(', ')}</td><td class="number">${count(v.features?.length)}</td>
                <td>${v.online ? badge('ready', 'Online') : badge('unknown', 'Offline only')}</td>
                <td class="nowrap">${v.freshness?.materialized_until ? ago(v.freshness.materialized_until) : html`<span class="soft">never filled</span>`}</td>
                <td>${(v.used_by ?? []).join(', ') || html`<span class="soft">–</span>`}</td>
              </tr>`)}</tbody>
            </table>`)}</div>`
          : empty('There is no feature view here', html`Declare an entity, a source and a view with <code>PUT /features/…</code>.`)}
        <div class="columns">
          <section class="card flush" aria-labelledby="services"><div class="card-head"><h2 id="services">Services</h2></div>
            ${services.length
              ? tableBox('Services', html`<table><tbody>${services.map((s) => html`<tr><td><bdi>${s.name}</bdi></td><td class="soft">${(s.features ?? []).join(', ')}</td></tr>`)}</tbody></table>`)
              : html`<p class="soft pad">None. A service names the features that one model takes.</p>`}</section>
          <section class="card flush" aria-labelledby="fills"><div class="card-head"><h2 id="fills">Materializations</h2></div>
            ${materializations.length
              ? tableBox('Materializations', html`<table><tbody>${materializations.map((m) => html`<tr><td>${(m.views ?? []).map((v) => v.name).join(', ')}${m.status === 'running' ? progress(m.progress, 'Progress') : nothing}</td><td>${badge(m.status)}</td><td class="right soft nowrap">${ago(m.created_at)}</td></tr>`)}</tbody></table>`)
              : html`<p class="soft pad">None yet.</p>`}</section>
        </div>
      </div>
    `;
  }
}

customElements.define('features-view', FeaturesView);
