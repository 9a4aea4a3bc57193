import { html, nothing } from 'lit';
import { api, get, list, orElse, post } from '../core/api.js';
import { ago, at, digest, words } from '../core/format.js';
import { to } from '../core/router.js';
import { caller } from '../core/session.js';
import { isOpen } from '../core/stages.js';
import { View } from '../core/view.js';
import { conditionList } from '../parts/conditions.js';
import { fixFor } from '../parts/fixes.js';
import { modelFrame } from '../parts/model-frame.js';
import { act, badge, factList } from '../parts/pieces.js';
import { attempt } from '../parts/toast.js';
import '../parts/evidence-card.js';

/** One move of a version: what it needs, on what evidence, and the word of the people who decide. */
class TransitionView extends View {
  every = 4000;

  get model() {
    return api`/models/${this.args.model}`;
  }

  get path() {
    return api`${this.model}/transitions/${this.args.transition}`;
  }

  async load() {
    const transition = await get(this.path);
    const [version, evidence, override] = await Promise.all([
      orElse(get(api`${this.model}/versions/${transition.version}`), {}),
      orElse(list(api`${this.model}/versions/${transition.version}/evidence`, {}, 100), []),
      orElse(get(api`${this.path}/override`), null),
    ]);
    return { transition, version, evidence, override };
  }

  show({ transition: t, version, evidence, override }) {
    const used = new Set(t.conditions.flatMap((c) => c.evidence ?? []));
    const open = t.conditions.filter(isOpen);
    return html`
      ${modelFrame({
        model: this.args.model,
        tab: 'transitions',
        trail: [[this.args.model, to`/models/${this.args.model}`]],
        title: `Version ${t.version}: ${words(t.from_stage)} to ${words(t.target_stage)}`,
        about: html`${badge(t.status)} asked for by <bdi>${t.requested_by}</bdi> ${ago(t.requested_at)}${t.reason ? html` · <bdi>${t.reason}</bdi>` : nothing}`,
      })}
      ${t.status === 'pending' && t.policy.outdated
        ? html`<div class="note info space-below"><b>The policy was changed since</b><p>This move is judged by revision ${t.policy.revision}; revision ${t.policy.current_revision} is in force. To be judged by it, withdraw this move and ask again.</p></div>`
        : nothing}
      <div class="main-and-aside">
        <div class="stack">
          <section class="card" aria-labelledby="needs">
            <div class="card-head"><h2 id="needs">What it needs</h2>
              <span class="soft small">${t.status === 'pending' ? (open.length ? `${open.length} of ${t.conditions.length} missing` : 'all is met') : t.end_reason ?? ''}</span></div>
            ${conditionList(t.conditions, (c) => (t.status === 'pending' ? fixFor(c, { model: this.args.model, version: t.version }, () => this.refresh()) : nothing))}
          </section>
          <section class="stack" aria-labelledby="evidence">
            <h2 id="evidence">Evidence</h2>
            ${evidence.length
              ? evidence.map((e) => html`<evidence-card .evidence=${e} .path=${api`${this.model}/versions/${t.version}`} .used=${used.has(e.id)}></evidence-card>`)
              : html`<p class="soft">None is recorded yet.</p>`}
          </section>
        </div>
        <div class="stack">
          ${t.status === 'pending' ? this.decision(t) : nothing}
          ${override ? this.overridden(override) : nothing}
          <section class="card" aria-labelledby="said">
            <div class="card-head"><h2 id="said">What people said</h2></div>
            ${t.approvals.length
              ? html`<ul class="stack">${t.approvals.map((a) => html`<li>
                  <div class="spread"><b><bdi>${a.approver}</bdi></b>${badge(a.is_void ? 'expired' : 'passed', a.is_void ? 'Void' : 'Approved')}</div>
                  ${a.comment ? html`<p><bdi>${a.comment}</bdi></p>` : nothing}
                  <p class="small soft">${ago(a.approved_at)} · binds ${digest(a.basis)}</p>
                  ${a.is_void ? html`<p class="small soft">${a.void_reason}</p>` : nothing}
                </li>`)}</ul>`
              : html`<p class="soft">Nobody has approved it yet.</p>`}
            ${t.ended_at ? html`<p class="small soft space-above">${words(t.status)} ${ago(t.ended_at)} by <bdi>${t.ended_by}</bdi></p>` : nothing}
          </section>
          <section class="card" aria-labelledby="bound">
            <div class="card-head"><h2 id="bound">What an approval binds</h2></div>
            ${factList([
              ['Version', html`<a href=${to`/models/${this.args.model}/versions/${t.version}`}>Version ${t.version}</a>`],
              ['Files', digest(version.digest)],
              ['Policy', html`revision ${t.policy.revision}${t.policy.outdated ? html` ${badge('warn', 'A newer one is in force')}` : nothing}`],
              ['Expires', t.status === 'pending' ? at(t.expires_at) : undefined],
            ])}
            <p class="small soft space-above">An approval is void as soon as the files, the policy or the evidence change.</p>
          </section>
        </div>
      </div>
    `;
  }

  decision(t) {
    const own = t.requested_by === caller().principal ? 'You asked for this move; somebody else must approve it.' : '';
    const given = t.approvals.some((a) => !a.is_void && a.approver === caller().principal) ? 'You have approved it.' : '';
    const wanted = t.conditions.some((c) => c.type === 'ApprovedByOthers') ? '' : 'This move needs no approval.';
    return html`<section class="card" aria-labelledby="decide">
      <div class="card-head"><h2 id="decide">Decide</h2></div>
      <div class="stack">
        <label class="field"><span>Comment or reason</span><textarea name="comment" maxlength="1000"></textarea></label>
        <div class="row top">
          ${act({ label: 'Approve', kind: 'primary', needs: 'models:approve', because: wanted || given || own, run: () => this.decide('approve', 'Approved.', (comment) => ({ comment })) })}
          ${act({ label: 'Reject', kind: 'danger', needs: 'models:approve', run: () => this.decide('reject', 'Rejected.', (reason) => ({ reason })) })}
          ${act({ label: 'Withdraw', needs: 'models:promote', run: () => this.decide('cancel', 'Withdrawn.', (reason) => ({ reason })) })}
        </div>
        <details class="more">
          <summary>In an emergency</summary>
          <div class="stack tight">
            <p class="small soft">An override moves the version although conditions are not met. It needs a reason, a second person confirms it, and the version stays marked for ever.</p>
            ${act({ label: 'Override', kind: 'danger', needs: 'promotions:override', run: () => this.decide('override', 'Overridden; a second person must confirm it.', (reason) => ({ reason })) })}
          </div>
        </details>
      </div>
    </section>`;
  }

  overridden(o) {
    const own = o.requested_by === caller().principal || o.by === caller().principal ? 'A second person confirms an override.' : '';
    return html`<section class="note ${o.status === 'confirmed' ? 'warn' : 'bad'}" aria-label="Override">
      <b>Moved past its conditions by <bdi>${o.by}</bdi></b>
      <p><bdi>${o.reason}</bdi></p>
      <p class="small">${words(o.status)}${o.status === 'awaiting_confirmation' ? html`; until ${at(o.confirm_by)}` : nothing}</p>
      ${o.status === 'awaiting_confirmation'
        ? act({
            label: 'Confirm the override',
            needs: 'models:approve',
            because: own,
            run: async () => {
              await attempt('Confirmed.', () => post(api`${this.path}/override/confirm`, { comment: this.comment() || 'confirmed on the console' }));
              this.refresh();
            },
          })
        : nothing}
    </section>`;
  }

  comment() {
    return /** @type {HTMLTextAreaElement | null} */ (this.querySelector('textarea[name=comment]'))?.value.trim() ?? '';
  }

  /** Somebody else may have decided meanwhile: the answer says so, and the view shows what is true now. */
  async decide(/** @type {string} */ verb, /** @type {string} */ done, /** @type {(text: string) => unknown} */ body) {
    await attempt(done, () => post(api`${this.path}/${verb}`, body(this.comment())));
    await this.refresh();
  }
}

customElements.define('transition-view', TransitionView);
