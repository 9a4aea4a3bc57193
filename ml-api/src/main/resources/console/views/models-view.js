import { html, nothing } from 'lit';
import { api, get } from '../core/api.js';
import { ago, words } from '../core/format.js';
import { setQuery, to } from '../core/router.js';
import { View } from '../core/view.js';
import { badge, empty, head, tableBox } from '../parts/pieces.js';

const PAGE = 50;

/** All models, with the versions that each stage holds. */
class ModelsView extends View {
  every = 15_000;

  filters() {
    return { name_contains: this.query.get('q') ?? '', stage: this.query.get('stage') ?? '' };
  }

  async load() {
    const pages = [];
    let token;
    for (let i = 0; i < (this.pages ?? 1); i++) {
      const page = await get(api`/models`, { ...this.filters(), page_size: PAGE, page_token: token });
      pages.push(...page.items);
      token = page.next_page_token;
      if (!token) break;
    }
    return { models: pages, more: Boolean(token) };
  }

  change(/** @type {string} */ name, /** @type {string} */ value) {
    setQuery({ [name]: value });
    this.query = new URLSearchParams(location.search);
    this.refresh();
  }

  show({ models, more }) {
    const filtered = Object.values(this.filters()).some(Boolean);
    return html`
      ${head({ title: 'Models' })}
      <div class="stack">
        <div class="filters">
          <label class="field"><span>Name contains</span>
            <input type="search" .value=${this.filters().name_contains} @input=${(/** @type {any} */ e) => this.change('q', e.target.value)} /></label>
          <label class="field"><span>With a version in</span>
            <select @change=${(/** @type {any} */ e) => this.change('stage', e.target.value)}>
              ${['', 'production', 'staging', 'development', 'archived'].map((stage) => html`<option value=${stage} ?selected=${stage === this.filters().stage}>${stage ? words(stage) : 'any stage'}</option>`)}
            </select></label>
        </div>
        ${models.length
          ? html`<div class="card flush">${tableBox('Models', html`<table>
              <thead><tr><th>Model</th><th>Production</th><th>Staging</th><th>Development</th><th>Owner</th><th class="right">Changed</th></tr></thead>
              <tbody>
                ${models.map((m) => html`<tr>
                  <td class="name-cell"><a href=${to`/models/${m.id}`}><bdi>${m.name}</bdi></a>${m.retirement ? html` ${badge('archived', 'Retired')}` : nothing}
                    ${m.description ? html`<div class="soft small"><bdi>${m.description}</bdi></div>` : nothing}</td>
                  <td>${m.versions.production ? html`<a href=${to`/models/${m.id}/versions/${m.versions.production}`}>${badge('production', `Version ${m.versions.production}`)}</a>` : html`<span class="soft">–</span>`}</td>
                  <td class="number-list">${this.versions(m, m.versions.staging)}</td>
                  <td class="number-list">${this.versions(m, m.versions.development)}</td>
                  <td class="soft"><bdi>${m.owner}</bdi></td>
                  <td class="right soft nowrap">${ago(m.updated_at)}</td>
                </tr>`)}
              </tbody>
            </table>`)}</div>`
          : filtered
            ? empty('No model is like that', 'Change the filters above.')
            : empty('There is no model yet', html`A training job with <code>register</code> makes a version, and <code>POST /models</code> a model. <code>./ml demo</code> shows the whole way.`)}
        ${more ? html`<span><button type="button" class="button" @click=${this.showMore}>Show more</button></span>` : nothing}
      </div>
    `;
  }

  showMore() {
    this.pages = (this.pages ?? 1) + 1;
    this.refresh();
  }

  versions(model, numbers = []) {
    if (!numbers.length) return html`<span class="soft">–</span>`;
    const shown = numbers.slice(0, 5);
    return html`${shown.map((n) => html`<a href=${to`/models/${model.id}/versions/${n}`}>${n}</a> `)}${numbers.length > shown.length ? html`<span class="soft">and ${numbers.length - shown.length} more</span>` : nothing}`;
  }
}

customElements.define('models-view', ModelsView);
