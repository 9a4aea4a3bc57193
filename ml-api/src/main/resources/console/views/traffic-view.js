import { html, nothing } from 'lit';
import { api, get, getWithTag, list, orElse, post, put } from '../core/api.js';
import { ago, count, millis, percent, share, words } from '../core/format.js';
import { to } from '../core/router.js';
import { View } from '../core/view.js';
import { modelFrame } from '../parts/model-frame.js';
import { act, badge, empty, tableBox } from '../parts/pieces.js';
import { attempt } from '../parts/toast.js';
import { trafficSplit } from '../parts/traffic-split.js';

const WHOLE = 10_000;

/** Which version answers whom, how it does, and how that is changed. */
class TrafficView extends View {
  static properties = { draft: { state: true } };

  every = 5000;

  constructor() {
    super();
    /** @type {Map<number, number> | null} weights that were chosen and not yet sent */
    this.draft = null;
  }

  get path() {
    return api`/models/${this.args.model}`;
  }

  async load() {
    const [model, traffic, performance, deployments, rollouts, tests, shadows] = await Promise.all([
      get(this.path),
      orElse(getWithTag(api`${this.path}/traffic`), null),
      orElse(get(api`${this.path}/performance`, { window: '1h' }), { arms: [] }),
      orElse(list(api`/deployments`, { model_id: this.args.model }, 200), []),
      orElse(list(api`${this.path}/rollouts`, {}, 20), []),
      orElse(list(api`${this.path}/ab-tests`, {}, 20), []),
      orElse(list(api`${this.path}/shadows`, {}, 20), []),
    ]);
    return { model, traffic: traffic?.body ?? { targets: [] }, etag: traffic?.etag, performance, rollouts, tests, shadows, deployments: deployments.filter((d) => d.model_id === this.args.model) };
  }

  show({ model, traffic, etag, performance, deployments, rollouts, tests, shadows }) {
    const ready = deployments.filter((d) => d.status === 'ready');
    return html`
      ${modelFrame({ model: this.args.model, tab: 'traffic', title: model.name })}
      <div class="stack wide">
        ${traffic.targets.length
          ? html`<section class="card" aria-labelledby="split">
              <div class="card-head"><h2 id="split">Who answers now</h2>
                <span class="soft small">revision ${traffic.revision}, ${traffic.acknowledged_by_all ? 'in force on every router' : 'not yet on every router'}</span></div>
              ${trafficSplit(traffic.targets)}
              <p class="small soft space-above">Changed ${ago(traffic.changed_at)} by <bdi>${traffic.changed_by}</bdi>${traffic.reason ? html`: <bdi>${traffic.reason}</bdi>` : nothing}</p>
            </section>`
          : empty('No version answers yet', html`Deploy one: <code>POST ${this.path}/deploy</code>. Staging versions may get a part of the traffic, Production versions all of it.`)}
        ${this.arms(performance)}
        ${ready.length ? this.change(traffic, etag, ready) : nothing}
        ${this.deployments(deployments)}
        <div class="columns">
          ${this.trials('Roll-outs', 'rollouts', rollouts, (r) => html`version ${r.version}, step ${r.step} of ${r.steps.length}`, 'A roll-out moves the traffic in steps, as long as the evidence allows.')}
          ${this.trials('A/B tests', 'ab-tests', tests, (t) => html`version ${t.version} against ${t.control_version}, ${t.metric.name}`, 'An A/B test shows whether a new version is better.')}
          ${this.trials('Shadows', 'shadows', shadows, (s) => html`version ${s.version}, ${share(s.sample_bps)} of the units`, 'A shadow gets copies of requests; nobody hears its answers.')}
        </div>
      </div>
    `;
  }

  arms({ arms, note }) {
    return html`<section class="card flush" aria-labelledby="arms">
      <div class="card-head"><h2 id="arms">How each arm does</h2><span class="soft small">the last hour</span></div>
      ${arms.length
        ? tableBox('Arms', html`<table>
            <thead><tr><th>Version</th><th>Arm</th><th class="number">Requests</th><th class="number">Failed</th><th class="number">Refused</th><th class="number">Errors</th><th class="number">p50</th><th class="number">p95</th><th class="number">p99</th></tr></thead>
            <tbody>${arms.map((a) => html`<tr>
              <td><a href=${to`/models/${this.args.model}/versions/${a.version}`}>Version ${a.version}</a></td><td>${words(a.variant)}</td>
              <td class="number">${count(a.requests)}</td><td class="number">${count(a.failed)}</td><td class="number">${count(a.refused)}</td><td class="number">${percent(a.error_rate)}</td>
              ${['p50', 'p95', 'p99'].map((q) => html`<td class="number">${millis(a.latency_ms?.[q])}</td>`)}
            </tr>`)}</tbody>
          </table>`)
        : html`<p class="soft pad">${note ?? 'Nobody asked in the last hour.'}</p>`}
    </section>`;
  }

  /** The shares as a person draws them; the first arm takes what the others leave. */
  change(traffic, etag, ready) {
    const versions = [...new Set([...traffic.targets.map((t) => t.version), ...ready.map((d) => d.version)])].sort((a, b) => a - b);
    const now = new Map(traffic.targets.map((t) => [t.version, t.weight_bps]));
    const draft = this.draft ?? new Map(versions.map((v) => [v, now.get(v) ?? 0]));
    const sum = [...draft.values()].reduce((a, b) => a + b, 0);
    const changed = versions.some((v) => (draft.get(v) ?? 0) !== (now.get(v) ?? 0));
    const why = traffic.ab_test_id ? 'An A/B test holds the traffic; end it first.' : !changed ? 'Nothing is changed yet.' : sum !== WHOLE ? `The shares make ${share(sum)}; they must make 100 %.` : '';
    return html`<section class="card" aria-labelledby="change">
      <div class="card-head"><h2 id="change">Change it</h2><span class="soft small">refused when somebody else was quicker</span></div>
      <div class="stack">
        ${versions.map((v) => html`<label class="field">
          <span>Version ${v}: ${share(draft.get(v) ?? 0)}${(draft.get(v) ?? 0) === (now.get(v) ?? 0) ? nothing : html` <span class="soft">now ${share(now.get(v) ?? 0)}</span>`}</span>
          <input type="range" min="0" max=${WHOLE} step="100" .value=${String(draft.get(v) ?? 0)} @input=${(/** @type {any} */ e) => this.drawn(draft, versions, v, Number(e.target.value))} />
        </label>`)}
        ${changed ? html`<div><p class="small soft">Preview</p>${trafficSplit([...draft].filter(([, w]) => w > 0).map(([version, weight_bps]) => ({ version, weight_bps })))}</div>` : nothing}
        <label class="field"><span>Reason</span><input name="reason" maxlength="500" /></label>
        <div class="row top">
          ${act({ label: 'Change the traffic', kind: 'primary', needs: 'traffic:write', because: why, run: () => this.send(draft, etag) })}
          ${changed ? html`<button type="button" class="button quiet" @click=${() => (this.draft = null)}>Leave it</button>` : nothing}
          ${act({
            label: 'Back to the last one',
            needs: 'traffic:write',
            run: async () => {
              await attempt('The traffic goes back.', () => post(api`${this.path}/traffic/rollback`, { reason: this.reason() }));
              this.refresh();
            },
          })}
        </div>
      </div>
    </section>`;
  }

  /** With two versions the other one takes the rest. */
  drawn(draft, versions, version, weight) {
    const next = new Map(draft);
    next.set(version, weight);
    if (versions.length === 2) next.set(versions.find((v) => v !== version), WHOLE - weight);
    this.draft = next;
  }

  reason() {
    return /** @type {HTMLInputElement | null} */ (this.querySelector('input[name=reason]'))?.value.trim() || 'changed on the console';
  }

  async send(draft, etag) {
    const targets = [...draft].filter(([, w]) => w > 0).map(([version, weight_bps]) => ({ version, weight_bps }));
    const done = await attempt('The traffic is changed.', () => put(api`${this.path}/traffic`, { targets, reason: this.reason() }, etag));
    if (done) this.draft = null;
    this.refresh();
  }

  deployments(deployments) {
    const shown = deployments.filter((d) => d.status !== 'stopped');
    if (!shown.length) return nothing;
    return html`<section class="card flush" aria-labelledby="deployed">
      <div class="card-head"><h2 id="deployed">Deployed</h2></div>
      ${tableBox('Deployments', html`<table>
        <thead><tr><th>Version</th><th>State</th><th>Engine</th><th>Says</th><th class="number">In flight</th><th class="right">Since</th></tr></thead>
        <tbody>${shown.map((d) => html`<tr>
          <td><a href=${to`/models/${this.args.model}/versions/${d.version}`}>Version ${d.version}</a></td><td>${badge(d.status)}</td><td>${d.engine}</td>
          <td class="soft">${d.reason ?? d.conditions?.[0]?.message ?? ''}</td>
          <td class="number">${count((d.routers ?? []).reduce((n, r) => n + (r.in_flight ?? 0), 0))}</td>
          <td class="right soft nowrap">${ago(d.status_since)}</td>
        </tr>`)}</tbody>
      </table>`)}
    </section>`;
  }

  trials(title, kind, items, about, none) {
    return html`<section class="card flush" aria-label=${title}>
      <div class="card-head"><h2>${title}</h2></div>
      ${items.length
        ? tableBox(title, html`<table><tbody>${items.map((i) => html`<tr>
            <td><a href=${to`/models/${this.args.model}/${kind}/${i.id}`}>${about(i)}</a></td>
            <td>${badge(i.status)} ${i.verdict && i.verdict !== i.status ? badge(i.verdict) : nothing}</td>
            <td class="right soft">${ago(i.started_at ?? i.requested_at)}</td>
          </tr>`)}</tbody></table>`)
        : html`<p class="soft pad">${none}</p>`}
    </section>`;
  }
}

customElements.define('traffic-view', TrafficView);
