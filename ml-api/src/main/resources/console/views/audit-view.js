import { html, nothing } from 'lit';
import { api, get, orElse } from '../core/api.js';
import { ago, at, count, words } from '../core/format.js';
import { setQuery, to } from '../core/router.js';
import { may, whyNot } from '../core/session.js';
import { View } from '../core/view.js';
import { modelFrame } from '../parts/model-frame.js';
import { badge, empty, head } from '../parts/pieces.js';

const PAGE = 30;

/** Who did what, of one model or of the whole registry, and whether the chain is whole. */
class AuditView extends View {
  get model() {
    return this.args.model ? api`/models/${this.args.model}` : null;
  }

  get path() {
    return this.model ? api`${this.model}/audit` : api`/audit/registry`;
  }

  filters() {
    return { principal: this.query.get('principal') ?? '', action: this.query.get('action') ?? '', outcome: this.query.get('outcome') ?? '' };
  }

  async load() {
    const model = this.model ? await get(this.model) : null;
    if (!may('audit:read')) return { model, refused: true };
    const instant = this.query.get('at');
    const [page, chain, then] = await Promise.all([
      get(this.path, { page_size: PAGE, ...(this.model ? {} : this.filters()) }),
      orElse(get(api`/audit/registry/verification`), null),
      this.model && instant ? orElse(get(api`${this.model}/stages`, { at: instant }), null) : null,
    ]);
    return { model, rows: page.items, token: page.next_page_token, chain, then };
  }

  async more() {
    const page = await get(this.path, { page_size: PAGE, ...(this.model ? {} : this.filters()), page_token: this.data.token });
    this.data = { ...this.data, rows: [...this.data.rows, ...page.items], token: page.next_page_token };
  }

  change(/** @type {string} */ name, /** @type {string} */ value) {
    setQuery({ [name]: value });
    this.query = new URLSearchParams(location.search);
    this.refresh();
  }

  show({ model, refused, rows, token, chain, then }) {
    const frame = model
      ? modelFrame({ model: this.args.model, tab: 'audit', title: model.name })
      : head({ title: 'Audit', about: 'Everything that was done or refused in the registry, newest first.' });
    if (refused) return html`${frame}${empty('The audit is not open to you', whyNot('audit:read'))}`;
    return html`
      ${frame}
      <div class="stack">
        ${chain
          ? html`<div class="note ${chain.intact ? 'good' : 'bad'}"><b>${chain.intact ? 'The chain is whole' : `The chain is broken at row ${chain.first_broken_row}`}</b>
              <p class="small">All ${count(chain.rows)} rows of this tenant were recomputed. The last hash is <code>${chain.head_hash.slice(0, 24)}…</code></p></div>`
          : nothing}
        ${model ? this.then(then) : this.form()}
        ${rows.length
          ? html`<ol class="timeline">${rows.map((r) => this.entry(r))}</ol>`
          : empty('No row is like that', 'Change the filters above.')}
        ${token ? html`<span><button type="button" class="button" @click=${this.more}>Show more</button></span>` : nothing}
      </div>
    `;
  }

  form() {
    const filters = this.filters();
    return html`<div class="filters">
      ${/** @type {const} */ ([['principal', 'Who', 'user:alice'], ['action', 'Action', 'transition.completed']]).map(([name, label, hint]) => html`<label class="field"><span>${label}</span>
        <input .value=${filters[name]} placeholder=${hint} @change=${(/** @type {any} */ e) => this.change(name, e.target.value.trim())} /></label>`)}
      <label class="field"><span>Outcome</span><select @change=${(/** @type {any} */ e) => this.change('outcome', e.target.value)}>
        ${['', 'done', 'refused'].map((o) => html`<option value=${o} ?selected=${o === filters.outcome}>${o ? words(o) : 'any'}</option>`)}</select></label>
    </div>`;
  }

  then(then) {
    return html`<div class="card">
      <div class="filters">
        <label class="field"><span>What was in Production at</span>
          <input type="datetime-local" step="1" .value=${local(this.query.get('at'))} @change=${(/** @type {any} */ e) => this.change('at', e.target.value ? new Date(e.target.value).toISOString() : '')} /></label>
        ${then ? html`<p>${then.production ? html`<a href=${to`/models/${this.args.model}/versions/${then.production}`}>Version ${then.production}</a>` : 'No version'}
          <span class="soft">at ${at(then.at)}${then.items?.length > 1 ? `; ${then.items.length} versions had a stage` : ''}</span></p>` : nothing}
      </div>
    </div>`;
  }

  entry(r) {
    const [, model, kind, id] = /^models\/([^/]+)(?:\/(versions|transitions)\/([^/]+))?/.exec(r.target) ?? [];
    const address = !model ? '' : kind ? to`/models/${model}/${kind}/${id}` : to`/models/${model}`;
    return html`<li>
      <span class="when">${ago(r.at)}</span>
      <span class="rail ${r.outcome === 'refused' ? 'bad' : ''}" aria-hidden="true"></span>
      <div class="what">
        <span><b>${words(r.action.replaceAll('.', ' '))}</b> by <bdi>${r.principal}</bdi> ${r.outcome === 'refused' ? badge('refused') : nothing}</span>
        ${address ? html`<a href=${address}><bdi>${r.target}</bdi></a>` : html`<span class="soft"><bdi>${r.target}</bdi></span>`}
        ${Object.keys(r.details ?? {}).length
          ? html`<details class="more"><summary>Details of row ${r.seq}</summary><pre class="code" tabindex="0">${JSON.stringify(r.details, null, 2)}
hash ${r.hash}</pre></details>`
          : nothing}
      </div>
    </li>`;
  }
}

/** What a field for local time shows for an instant. */
function local(/** @type {string | null} */ iso) {
  if (!iso) return '';
  const date = new Date(iso);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}

customElements.define('audit-view', AuditView);
