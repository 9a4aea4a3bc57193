import { html, nothing } from 'lit';
import { api, get, health, list, orWithout } from '../core/api.js';
import { ago, count, some, words } from '../core/format.js';
import { to } from '../core/router.js';
import { caller, may } from '../core/session.js';
import { View } from '../core/view.js';
import { badge, empty, head, tableBox, tone } from '../parts/pieces.js';

const STAGES = ['production', 'staging', 'development', 'archived'];

/** What there is, what waits for the viewer, and whether the platform is well. */
class HomeView extends View {
  every = 10_000;

  async load() {
    const [models, waiting, failed, platform] = await Promise.all([
      orWithout(list(api`/models`, {}, 1000), null),
      orWithout(list(api`/transitions`, { status: 'pending' }, 100), []),
      orWithout(list(api`/training/jobs`, { status: 'failed' }, 5), []),
      health(),
    ]);
    const live = (models ?? []).filter((m) => m.versions.production).slice(0, 12);
    const alerts = await Promise.all(
      live.map((m) => orWithout(get(api`/models/${m.id}/drift/alerts`, { page_size: 5 }), { items: [] })),
    );
    return {
      models,
      waiting,
      failed: failed.slice(0, 5),
      platform,
      alerts: alerts.flatMap((page) => page.items ?? []).filter((a) => a.status === 'open'),
    };
  }

  show({ models, waiting, failed, platform, alerts }) {
    if (!models) {
      return html`${head({ title: 'Home' })}<div class="main-and-aside">
        <div class="note warn" role="status"><b>The registry does not answer</b><p>What there is and what waits is shown as soon as it does.</p></div>
        ${this.platform(platform)}
      </div>`;
    }
    if (!models.length) return html`${head({ title: 'Welcome' })}${this.first(platform)}`;
    const mine = waiting.filter((t) => this.isMine(t));
    const others = waiting.filter((t) => !this.isMine(t));
    return html`
      ${head({ title: 'Home', about: `${count(models.length)} model${models.length === 1 ? '' : 's'} of tenant ${caller().tenant}` })}
      <div class="stack wide">
        ${platform.status === 'up' ? nothing : html`<div class="note warn" role="status"><b>A part of the platform is away</b><p>What it knows is left out here until it is back.</p></div>`}
        <div class="tiles">
          ${STAGES.map((stage) => {
            const n = models.reduce((sum, m) => sum + (stage === 'production' ? Number(Boolean(m.versions.production)) : (m.versions[stage]?.length ?? 0)), 0);
            return html`<div class="tile"><b>${count(n)}</b><span>${n === 1 ? 'version' : 'versions'} in ${words(stage)}</span></div>`;
          })}
        </div>
        <div class="main-and-aside">
          <div class="stack">
            <section class="card flush" aria-labelledby="waits">
              <div class="card-head"><h2 id="waits">Waits for you</h2></div>
              ${mine.length || failed.length || alerts.length
                ? tableBox('Waits for you', html`<table>
                    <tbody>
                      ${mine.map((t) => this.move(t))}
                      ${alerts.map((a) => html`<tr>
                        <td class="name-cell"><a href=${to`/models/${a.model_id}/drift`}><bdi>${a.model_id}</bdi></a></td>
                        <td>Drift of ${some(a.features)} on version ${a.version}</td>
                        <td>${badge(a.severity)}</td>
                        <td class="right soft nowrap">${ago(a.opened_at)}</td>
                      </tr>`)}
                      ${failed.map((job) => html`<tr>
                        <td class="name-cell"><a href=${to`/training/${job.job_id}`}><bdi>${job.name}</bdi></a></td>
                        <td>${job.failure?.message ?? 'The job failed.'}</td>
                        <td>${badge('failed')}</td>
                        <td class="right soft nowrap">${ago(job.finished_at)}</td>
                      </tr>`)}
                    </tbody>
                  </table>`)
                : html`<p class="soft pad">Nothing. All that can move by itself, moves.</p>`}
            </section>
            ${others.length
              ? html`<section class="card flush" aria-labelledby="others">
                  <div class="card-head"><h2 id="others">Waits for others</h2></div>
                  ${tableBox('Waits for others', html`<table><tbody>${others.map((t) => this.move(t))}</tbody></table>`)}
                </section>`
              : nothing}
            <section class="card flush" aria-labelledby="live">
              <div class="card-head"><h2 id="live">In Production</h2><a href="/console/models">All models</a></div>
              ${models.some((m) => m.versions.production)
                ? tableBox('In Production', html`<table>
                    <thead><tr><th>Model</th><th>Version</th><th>Task</th><th class="right">Changed</th></tr></thead>
                    <tbody>
                      ${models.filter((m) => m.versions.production).slice(0, 10).map((m) => html`<tr>
                        <td class="name-cell"><a href=${to`/models/${m.id}`}><bdi>${m.name}</bdi></a></td>
                        <td><a href=${to`/models/${m.id}/versions/${m.versions.production}`}>Version ${m.versions.production}</a></td>
                        <td>${words(m.task)}</td>
                        <td class="right soft nowrap">${ago(m.updated_at)}</td>
                      </tr>`)}
                    </tbody>
                  </table>`)
                : html`<p class="soft pad">No version is in Production yet. Open a model to see what is missing.</p>`}
            </section>
          </div>
          ${this.platform(platform)}
        </div>
      </div>
    `;
  }

  /** A pending move is this person's when one of its open conditions is up to somebody with its role. */
  isMine(transition) {
    const open = transition.conditions.filter((c) => c.status === 'not_met');
    const own = transition.requested_by === caller().principal;
    return open.some((c) => (c.fixed_by === 'reviewer' ? may('models:approve') && !own : c.fixed_by === 'requester' && own));
  }

  move(t) {
    const open = t.conditions.filter((c) => !['met', 'not_applicable'].includes(c.status));
    return html`<tr>
      <td class="name-cell"><a href=${to`/models/${t.model_id}/transitions/${t.id}`}><bdi>${t.model_id}</bdi>, version ${t.version}</a></td>
      <td>To ${words(t.target_stage)}: ${open.length ? open.map((c) => words(c.type)).join(', ') : 'all conditions are met'}</td>
      <td>${badge('pending', 'Waits')}</td>
      <td class="right soft nowrap">${ago(t.requested_at)}</td>
    </tr>`;
  }

  platform({ status, services, engines }) {
    const parts = [...Object.entries(services), ...Object.entries(engines)];
    return html`<section class="card" aria-labelledby="platform">
      <div class="card-head"><h2 id="platform">Platform</h2>${badge(status, status === 'up' ? 'All is up' : 'Something is away')}</div>
      <ul class="stack tight">
        ${parts.map(([name, state]) => html`<li class="spread"><span class="row"><span class="dot ${tone(String(state))}" aria-hidden="true"></span>${name}</span><span class="soft small">${state}</span></li>`)}
      </ul>
    </section>`;
  }

  first(platform) {
    return html`<div class="main-and-aside">
      ${empty(
        'There is no model yet',
        'A model comes here when a training job registers it, or when you add one yourself. These three calls begin:',
        html`<pre class="code" tabindex="0">${`curl -H "Authorization: Bearer $KEY" ${location.origin}/api/v1/ml/models
curl -H "Authorization: Bearer $KEY" -H 'Content-Type: application/json' \\
     -d '{"name":"first"}' ${location.origin}/api/v1/ml/experiments
curl -H "Authorization: Bearer $KEY" -H 'Content-Type: application/json' \\
     -d '{"name":"churn","task":"classification"}' ${location.origin}/api/v1/ml/models`}</pre>
          <p>On your own machine, <code>./ml demo</code> fills this page: it walks one model from raw data to a governed prediction.</p>
          <p><a href="/docs">All calls</a></p>`,
      )}
      ${this.platform(platform)}
    </div>`;
  }
}

customElements.define('home-view', HomeView);
