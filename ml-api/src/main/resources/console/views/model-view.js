import { html, nothing } from 'lit';
import { api, get, list, orElse, orWithout, post } from '../core/api.js';
import { ago, number, share, words } from '../core/format.js';
import { go, to } from '../core/router.js';
import { may } from '../core/session.js';
import { against, isOpen, nextStage, STAGES } from '../core/stages.js';
import { View } from '../core/view.js';
import { conditionList } from '../parts/conditions.js';
import { fixFor } from '../parts/fixes.js';
import { modelFrame } from '../parts/model-frame.js';
import { act, badge, empty } from '../parts/pieces.js';
import { attempt } from '../parts/toast.js';

/** So many versions of a stage are drawn with all that is known of them. */
const CARDS = 6;

/** The life of one model: its versions in the four stages, and what each still lacks. */
class ModelView extends View {
  every = 8000;

  get path() {
    return api`/models/${this.args.model}`;
  }

  async load() {
    const [model, versions, policy, pending, traffic] = await Promise.all([
      get(this.path),
      list(api`${this.path}/versions`, {}, 400),
      orElse(get(api`${this.path}/policy`), { baseline: [] }),
      list(api`${this.path}/transitions`, { status: 'pending' }, 100),
      orWithout(get(api`${this.path}/traffic`), { targets: [] }),
    ]);
    const lanes = STAGES.map((stage) => versions.filter((v) => v.stage === stage));
    const drawn = lanes.flatMap((lane) => lane.slice(0, CARDS));
    const details = await Promise.all(drawn.map((v) => this.detail(v, pending)));
    return { model, policy, pending, traffic, lanes, details: new Map(drawn.map((v, i) => [v.version, details[i]])) };
  }

  /** Evidence of a version, and what its next move lacks. A dry run changes nothing. */
  async detail(version, pending) {
    const target = nextStage(version);
    const open = pending.find((t) => t.version === version.version);
    const asks = target && !open && version.stage !== 'archived' && may('models:promote');
    const [evidence, dry] = await Promise.all([
      orElse(list(api`${this.path}/versions/${version.version}/evidence`, {}, 100), []),
      asks ? orWithout(post(api`${this.path}/promote`, { version: version.version, target_stage: target, dry_run: true }), null) : null,
    ]);
    return { evidence, open, missing: dry?.conditions ?? [] };
  }

  show(data) {
    const { model, lanes } = data;
    const any = lanes.some((lane) => lane.length);
    return html`
      ${modelFrame({
        model: this.args.model,
        tab: 'life',
        title: model.name,
        about: html`${model.description ? html`<bdi>${model.description}</bdi> · ` : nothing}${words(model.task)} · owned by <bdi>${model.owner}</bdi>`,
        acts: any ? html`<a class="button" href=${to`/models/${this.args.model}/compare`}>Compare versions</a>` : nothing,
      })}
      ${model.retirement
        ? html`<div class="note warn"><b>Retired</b><p>${model.retirement.reason} · ${ago(model.retirement.retired_at)} by ${model.retirement.retired_by}</p></div>`
        : nothing}
      ${any
        ? html`<div class="board" tabindex="0" role="group" aria-label="Versions by stage">
            ${STAGES.map((stage, i) => this.lane(stage, lanes[i], data))}
          </div>`
        : empty(
            'This model has no version yet',
            html`A training job with <code>"register": {"model_id": "${this.args.model}"}</code> makes one, and so does <code>POST ${this.path}/versions</code> with a run of yours.`,
          )}
      ${this.policy(data.policy)}
    `;
  }

  lane(stage, versions, data) {
    return html`<section class="lane" aria-labelledby="lane-${stage}">
      <h2 id="lane-${stage}">${words(stage)} <span>${versions.length || ''}</span></h2>
      ${versions.length ? nothing : html`<p class="nothing">No version</p>`}
      ${versions.slice(0, CARDS).map((v) => this.card(v, data))}
      ${versions.length > CARDS
        ? html`<details class="more"><summary>${versions.length - CARDS} more</summary>
            ${versions.slice(CARDS).map((v) => html`<div><a href=${to`/models/${this.args.model}/versions/${v.version}`}>Version ${v.version}</a> <span class="soft small">${ago(v.stage_since)}</span></div>`)}
          </details>`
        : nothing}
    </section>`;
  }

  card(v, { policy, traffic, details }) {
    const { evidence, open, missing } = details.get(v.version);
    const target = nextStage(v);
    const arm = traffic.targets?.find((t) => t.version === v.version);
    return html`<article class="version">
      <div class="spread">
        <h3><a href=${to`/models/${this.args.model}/versions/${v.version}`}>Version ${v.version}</a></h3>
        <span class="soft small">${ago(v.stage_since)}</span>
      </div>
      ${v.semantic_version || v.description ? html`<p class="soft small"><bdi>${v.semantic_version ?? ''} ${v.description ?? ''}</bdi></p>` : nothing}
      <div class="row tight">
        ${v.superseded ? badge('draining', 'Superseded') : nothing}
        ${arm ? badge('running', `${share(arm.weight_bps)} of traffic`) : nothing}
        ${v.overrides.length ? badge('barred', 'Overridden once') : nothing}
        ${evidenceBadges(evidence)}
        ${v.onnx === 'verified' ? nothing : badge(v.onnx, `ONNX ${words(v.onnx).toLowerCase()}`)}
        ${v.provenance === 'self_reported' ? badge('self_reported') : nothing}
      </div>
      ${metricLines(v, policy)}
      ${open
        ? html`<a class="button" href=${to`/models/${this.args.model}/transitions/${open.id}`}>Waits for ${open.conditions.filter(isOpen).length || 'the last step'} ${open.conditions.filter(isOpen).length === 1 ? 'condition' : open.conditions.filter(isOpen).length ? 'conditions' : ''}</a>`
        : nothing}
      ${target && !open && missing.length ? this.next(v, target, missing) : nothing}
    </article>`;
  }

  next(v, target, missing) {
    const open = missing.filter(isOpen);
    const of = { model: this.args.model, version: v.version };
    return html`
      ${open.length
        ? html`<details class="more">
            <summary>${open.length} missing for ${words(target)}</summary>
            ${conditionList(open, (c) => fixFor(c, of, () => this.refresh()))}
          </details>`
        : html`<p class="small soft">Ready for ${words(target)}.</p>`}
      ${act({ label: `Ask for ${words(target)}`, needs: 'models:promote', kind: open.length ? '' : 'primary', run: () => this.promote(v.version, target) })}
    `;
  }

  async promote(version, target) {
    const transition = await attempt(`Asked for ${words(target)}.`, () => post(api`${this.path}/promote`, { version, target_stage: target, reason: 'asked for on the console' }));
    if (transition?.id) go(to`/models/${this.args.model}/transitions/${transition.id}`);
    else this.refresh();
  }

  policy(policy) {
    const rules = policy.baseline ?? [];
    return html`<section class="card space-above" aria-labelledby="policy">
      <div class="card-head"><h2 id="policy">What the gates ask</h2><span class="soft small">${policy.revision ? html`revision ${policy.revision}` : nothing}</span></div>
      <ul class="stack tight">
        ${rules.length
          ? rules.map((r) => html`<li><b>${r.metric}</b> <span class="soft">${against(r, {}).wanted}</span></li>`)
          : html`<li class="soft">No baseline is declared, so no version can go to Staging. Declare one with <code>PUT ${this.path}/policy</code>.</li>`}
        ${(policy.required_tests ?? []).map((t) => html`<li><b>${words(t)}</b> <span class="soft">reports must pass</span></li>`)}
        <li class="soft">${policy.approvals?.needed ?? 1} approval${(policy.approvals?.needed ?? 1) === 1 ? '' : 's'} by somebody else for Production; an A/B test that says ${(policy.ab_test?.accept ?? ['better']).map((w) => words(w).toLowerCase()).join(' or ')} when there is a Production version.</li>
        ${policy.shadow ? html`<li class="soft">A shadow of at least ${number(policy.shadow.min_rows)} rows beside Production.</li>` : nothing}
        ${(policy.warnings ?? []).map((w) => html`<li class="soft">${w}</li>`)}
      </ul>
    </section>`;
  }
}

/** The newest evidence of each kind. @param {any[]} evidence */
export function evidenceBadges(evidence) {
  const newest = new Map();
  for (const e of [...evidence].sort((a, b) => a.recorded_at.localeCompare(b.recorded_at))) newest.set(e.kind, e);
  return [...newest.values()].map((e) => badge(e.outcome, `${words(e.kind)}${e.tests && e.outcome === 'failed' ? ` ${e.tests.failed + e.tests.errors} failed` : ''}`));
}

function metricLines(version, policy) {
  const rules = policy.baseline ?? [];
  if (rules.length) {
    return html`<div class="metrics">${rules.map((rule) => {
      const { name, value, wanted, ok } = against(rule, version.metrics);
      return html`<div><span class="soft">${name} <span class="visually-hidden">(${wanted})</span></span><b class=${ok ? '' : 'bad-text'} title=${wanted}>${number(value)}${ok ? '' : ' ✕'}</b></div>`;
    })}</div>`;
  }
  return html`<div class="metrics">${Object.entries(version.metrics ?? {}).slice(0, 3).map(([name, value]) => html`<div><span class="soft">${name}</span><b>${number(value)}</b></div>`)}</div>`;
}

customElements.define('model-view', ModelView);
