import { html, nothing } from 'lit';
import { api, follow, get, list, orElse, post, Refusal } from '../core/api.js';
import { ago, at, count, digest, duration, lasted, number, words } from '../core/format.js';
import { to } from '../core/router.js';
import { View } from '../core/view.js';
import { act, badge, factList, head, progress, tableBox } from '../parts/pieces.js';
import { attempt } from '../parts/toast.js';
import '../parts/line-chart.js';
import '../parts/parallel-plot.js';

const OVER = ['succeeded', 'failed', 'cancelled'];
const CURVES = 8;
const REST = 1500;

/** One job, as it goes. Its progress comes as a stream; what only grows is asked for now and then. */
class JobView extends View {
  static properties = { log: { state: true } };

  constructor() {
    super();
    /** @type {string[] | null} */
    this.log = null;
    this.stop = new AbortController();
  }

  get path() {
    return api`/training/jobs/${this.args.job}`;
  }

  async load() {
    const job = await get(this.path);
    const [trials, curves] = await Promise.all([
      job.detail?.tuning ? orElse(get(api`${this.path}/trials`), null) : null,
      job.run_id ? orElse(this.curves(job), []) : [],
    ]);
    return { job, trials, curves };
  }

  /** Metrics that have more than one point. */
  async curves(job) {
    const path = api`/experiments/${job.experiment_id}/runs/${job.run_id}`;
    const run = await get(path);
    const keys = Object.keys(run.metrics ?? {}).filter((key) => run.metrics[key].step > 0).slice(0, CURVES);
    const found = await Promise.all(keys.map((key) => list(api`${path}/metrics/${key}`, {}, 2000)));
    return keys.map((name, i) => ({ name, points: found[i].map((p) => [p.step, p.value]) })).filter((c) => c.points.length > 1);
  }

  connectedCallback() {
    super.connectedCallback();
    this.stop = new AbortController();
    this.listen();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.stop.abort();
  }

  /** Goes on when the stream breaks off, until the job is over. */
  async listen() {
    while (!this.stop.signal.aborted) {
      try {
        await follow(api`${this.path}/events`, (event, data) => this.heard(event, data), this.stop.signal);
      } catch (e) {
        if (!(e instanceof Refusal || e instanceof TypeError || e instanceof DOMException)) throw e;
      }
      if (this.data && OVER.includes(this.data.job.status)) return;
      await new Promise((done) => setTimeout(done, REST));
    }
  }

  heard(/** @type {string} */ event, /** @type {string} */ data) {
    if (event !== 'job' || !this.data) return;
    const job = JSON.parse(data);
    const before = this.data.job;
    this.data = { ...this.data, job };
    if (job.status !== before.status || job.progress?.iteration !== before.progress?.iteration) this.refresh();
  }

  show({ job, trials, curves }) {
    const live = !OVER.includes(job.status);
    return html`
      ${head({
        title: job.name,
        trail: [['Training', to`/training`]],
        about: html`${badge(job.status)} ${words(job.kind)}${job.algorithm ? ` with ${job.algorithm}` : ''} · submitted ${ago(job.created_at)} by <bdi>${job.submitted_by}</bdi>`,
        acts: html`
          ${live ? act({ label: 'Cancel', kind: 'danger', needs: 'training:submit', because: job.cancel_requested ? 'It is asked to stop.' : '', run: () => this.ask('cancel', 'It is asked to stop.') }) : nothing}
          ${['failed', 'cancelled'].includes(job.status) ? act({ label: 'Try again', needs: 'training:submit', run: () => this.ask('retry', 'It runs again.') }) : nothing}`,
      })}
      <div class="stack wide">
        ${live
          ? html`<section class="card" aria-label="Progress"><div class="spread"><b>${words(job.progress?.phase ?? job.status)}</b>
              <span class="soft number">${job.progress?.percent ?? 0} %${job.progress?.total ? ` · ${count(job.progress.iteration)} of ${count(job.progress.total)}` : ''}${job.progress?.eta_seconds ? ` · about ${lasted(new Date(Date.now() - job.progress.eta_seconds * 1000).toISOString(), undefined)} left` : ''}</span></div>
              <div class="space-above">${progress(job.progress?.percent ?? 0, 'Progress of the job')}</div>
              ${job.conditions.filter((c) => !c.status).map((c) => html`<p class="small soft space-above">${c.message}</p>`)}</section>`
          : nothing}
        ${job.failure ? html`<div class="note bad"><b>${job.failure.code}</b><p>${job.failure.message}</p></div>` : nothing}
        <div class="main-and-aside">
          <div class="stack">
            ${curves.length
              ? html`<section class="card" aria-labelledby="curves"><div class="card-head"><h2 id="curves">As it learned</h2></div>
                  ${groups(curves).map(([name, series]) => html`<h3 class="soft">${name}</h3><line-chart .series=${series} label=${name} unit="iteration"></line-chart>`)}</section>`
              : nothing}
            ${trials ? this.trials(trials) : nothing}
            ${job.warnings?.length
              ? html`<section class="card" aria-labelledby="warnings"><div class="card-head"><h2 id="warnings">Warnings</h2></div>
                  <ul class="stack tight">${job.warnings.map((w) => html`<li>${w.column ? html`<code>${w.column}</code> ` : nothing}${w.message ?? words(w.code)}</li>`)}</ul></section>`
              : nothing}
            <section class="card" aria-labelledby="log"><div class="card-head"><h2 id="log">Log</h2>
              <button type="button" class="button" @click=${this.readLog}>${this.log ? 'Read again' : 'Read the log'}</button></div>
              ${this.log ? html`<pre class="code tall" tabindex="0" aria-label="Log">${this.log.join('\n') || 'Nothing was written.'}</pre>` : html`<p class="soft">The last 200 lines of what the job wrote.</p>`}</section>
          </div>
          <div class="stack">
            ${Object.keys(job.metrics ?? {}).length
              ? html`<section class="card" aria-labelledby="metrics"><div class="card-head"><h2 id="metrics">Metrics</h2><span class="soft small">on the held-out part</span></div>
                  ${factList(Object.entries(job.metrics).map(([k, v]) => [k, html`<span class="number">${number(/** @type {number} */ (v))}</span>`]))}</section>`
              : nothing}
            <section class="card" aria-labelledby="facts"><div class="card-head"><h2 id="facts">The job</h2></div>
              ${factList([
                ['Made', job.registered ? html`<a href=${to`/models/${job.registered.model_id}/versions/${job.registered.version}`}>Version ${job.registered.version} of <bdi>${job.registered.model_id}</bdi></a>` : undefined],
                ['Data', job.source?.startsWith('dataset:') ? html`<a href=${to`/datasets/${job.source.slice(8).split('@')[0]}`}>${job.source.slice(8).split('@')[0]}</a> ${digest(job.source.split('@')[1])}` : job.source],
                ['Target', job.detail?.target_column],
                ['Task', words(job.task)],
                ['Settings', Object.entries(job.detail?.hyperparameters ?? {}).map(([k, v]) => html`<div><code>${k}</code> ${String(v)}</div>`)],
                ['Split', job.detail?.split ? `${job.detail.split.strategy}, ${job.detail.split.test_size} held out, seed ${job.detail.split.seed}` : undefined],
                ['Asks for', job.detail?.resources ? `${job.detail.resources.num_workers} × ${job.detail.resources.cpus_per_worker} CPU` : undefined],
                ['Used', job.resources_used ? `${count(Math.round(job.resources_used.cpu_seconds))} CPU seconds` : undefined],
                ['Took', job.started_at ? lasted(job.started_at, job.finished_at) : undefined],
                ['Limit', duration(job.detail?.timeout)],
                ['Attempt', count(job.attempt)],
                ['Run', job.run_id ? html`<a href=${to`/experiments/${job.experiment_id}`}><code>${job.run_id.slice(0, 12)}</code></a>` : undefined],
              ])}</section>
            <section class="card" aria-labelledby="moves"><div class="card-head"><h2 id="moves">What happened</h2></div>
              <ul class="stack tight">${(job.detail?.moves ?? []).map((m) => html`<li class="spread"><span>${words(m.event)}</span><span class="soft small">${at(m.at)}</span></li>`)}</ul></section>
          </div>
        </div>
      </div>
    `;
  }

  trials(t) {
    const names = [...new Set(t.items.flatMap((i) => Object.keys(i.parameters ?? {})))];
    const ranked = [...t.items].sort((a, b) => (a.rank ?? Infinity) - (b.rank ?? Infinity));
    return html`<section class="card flush" aria-labelledby="trials">
      <div class="card-head"><h2 id="trials">Trials</h2><span class="soft small">${count(t.finished)} of ${count(t.max_trials)} · ${t.search}, ${t.metric} ${t.mode}</span></div>
      <div class="pad"><parallel-plot .trials=${t}></parallel-plot></div>
      ${tableBox('Leaderboard', html`<table>
        <thead><tr><th class="number">Rank</th><th>State</th><th class="number">${t.metric}</th>${names.map((n) => html`<th class="number">${n}</th>`)}<th class="number">Iterations</th><th class="number">Seconds</th></tr></thead>
        <tbody>${ranked.map((i) => html`<tr><td class="number">${i.rank ?? '–'}</td><td>${badge(i.status)}</td><td class="number">${number(i.best_value ?? i.value)}</td>
          ${names.map((n) => html`<td class="number">${typeof i.parameters?.[n] === 'number' ? number(i.parameters[n]) : String(i.parameters?.[n] ?? '–')}</td>`)}
          <td class="number">${count(i.iterations ?? i.iteration)}</td><td class="number">${number(i.seconds === undefined ? undefined : Math.round(i.seconds))}</td></tr>`)}</tbody>
      </table>`)}
    </section>`;
  }

  async readLog() {
    const found = await attempt('The log is read.', () => get(api`${this.path}/logs`, { tail: 200 }));
    if (found) this.log = found.lines;
  }

  async ask(/** @type {string} */ verb, /** @type {string} */ done) {
    await attempt(done, () => post(api`${this.path}/${verb}`));
    this.refresh();
    if (verb === 'retry') this.listen();
  }
}

/** Curves of one metric, train and test, on one chart. */
function groups(curves) {
  const found = new Map();
  for (const curve of curves) {
    const name = curve.name.replace(/^(train|test|validation|eval)[-._/]/, '');
    found.set(name, [...(found.get(name) ?? []), curve]);
  }
  return [...found.entries()];
}

customElements.define('job-view', JobView);
