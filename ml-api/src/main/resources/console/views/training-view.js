import { html, nothing } from 'lit';
import { api, get, orElse } from '../core/api.js';
import { ago, bytes, count, lasted, number, words } from '../core/format.js';
import { setQuery, to } from '../core/router.js';
import { View } from '../core/view.js';
import { badge, empty, head, progress, tableBox } from '../parts/pieces.js';

const STATES = ['', 'running', 'pending', 'queued', 'succeeded', 'failed', 'cancelled'];
const LIVE = ['queued', 'submitting', 'pending', 'running', 'unknown', 'lost'];

/** Jobs, newest first, with those that run at the top of everybody's mind. */
class TrainingView extends View {
  every = 4000;
  pages = 1;

  async load() {
    const query = { status: this.query.get('status') ?? '', name: this.query.get('name') ?? '', page_size: 50 };
    const [capacity, first] = await Promise.all([orElse(get(api`/training/capacity`), null), get(api`/training/jobs`, query)]);
    const jobs = [...first.items];
    let token = first.next_page_token;
    for (let i = 1; i < this.pages && token; i++) {
      const page = await get(api`/training/jobs`, { ...query, page_token: token });
      jobs.push(...page.items);
      token = page.next_page_token;
    }
    return { capacity, jobs, more: Boolean(token) };
  }

  change(/** @type {string} */ name, /** @type {string} */ value) {
    setQuery({ [name]: value });
    this.query = new URLSearchParams(location.search);
    this.refresh();
  }

  show({ capacity, jobs, more }) {
    const filtered = Boolean(this.query.get('status') || this.query.get('name'));
    return html`
      ${head({
        title: 'Training',
        about: capacity?.cpus === undefined ? nothing : html`The cluster has ${number(capacity.cpus)} CPUs${capacity.gpus ? `, ${number(capacity.gpus)} GPUs` : ''} and ${bytes(capacity.memory_bytes)}; ${count(capacity.waiting_jobs ?? 0)} ${capacity.waiting_jobs === 1 ? 'job waits' : 'jobs wait'} for room.`,
      })}
      <div class="stack">
        <div class="filters">
          <label class="field"><span>State</span><select @change=${(/** @type {any} */ e) => this.change('status', e.target.value)}>
            ${STATES.map((s) => html`<option value=${s} ?selected=${s === (this.query.get('status') ?? '')}>${s ? words(s) : 'any'}</option>`)}</select></label>
        </div>
        ${jobs.length
          ? html`<div class="card flush">${tableBox('Jobs', html`<table>
              <thead><tr><th>Job</th><th>State</th><th>Kind</th><th>By</th><th class="number">Took</th><th class="right">Submitted</th></tr></thead>
              <tbody>${jobs.map((j) => html`<tr>
                <td class="name-cell"><a href=${to`/training/${j.job_id}`}><bdi>${j.name}</bdi></a>${j.registered ? html`<div class="small soft">made <a href=${to`/models/${j.registered.model_id}/versions/${j.registered.version}`}>version ${j.registered.version} of <bdi>${j.registered.model_id}</bdi></a></div>` : nothing}</td>
                <td>${badge(j.status)}${LIVE.includes(j.status) ? html`${progress(j.progress?.percent ?? 0, `Progress of ${j.name}`)}<span class="small soft">${j.progress?.phase ?? ''}</span>` : nothing}</td>
                <td>${words(j.kind)}${j.algorithm ? html`<div class="small soft">${j.algorithm}</div>` : nothing}</td>
                <td><bdi>${j.submitted_by}</bdi></td>
                <td class="number">${j.started_at ? lasted(j.started_at, j.finished_at) : '–'}</td>
                <td class="right soft nowrap">${ago(j.created_at)}</td>
              </tr>`)}</tbody>
            </table>`)}</div>`
          : filtered
            ? empty('No job is like that', 'Change the filter above.')
            : empty('Nothing was trained yet', html`Submit a job with <code>POST /training/submit</code>: a data set, an algorithm, a target column.`)}
        ${more ? html`<span><button type="button" class="button" @click=${() => { this.pages++; this.refresh(); }}>Show more</button></span>` : nothing}
      </div>
    `;
  }
}

customElements.define('training-view', TrainingView);
