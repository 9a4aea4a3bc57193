import { html, nothing } from 'lit';
import { api, get, post } from '../core/api.js';
import { ago, count, duration, number, percent, share, words } from '../core/format.js';
import { to } from '../core/router.js';
import { View } from '../core/view.js';
import { intervalPlot } from '../parts/interval-plot.js';
import { modelFrame } from '../parts/model-frame.js';
import { act, badge, factList, tableBox } from '../parts/pieces.js';
import { attempt } from '../parts/toast.js';

/** Whether a version is better than another: the numbers behind the verdict. */
class AbTestView extends View {
  every = 4000;

  get path() {
    return api`/models/${this.args.model}/ab-tests/${this.args.test}`;
  }

  load() {
    return get(this.path);
  }

  show(test) {
    const { control, challenger, comparison: found, sample_ratio: ratio, metric } = test;
    const running = test.status === 'running';
    const better = metric.direction === 'minimize' ? 'Lower' : 'Higher';
    return html`
      ${modelFrame({
        model: this.args.model,
        tab: 'traffic',
        trail: [[this.args.model, to`/models/${this.args.model}`]],
        title: `Version ${test.version} against version ${test.control_version}`,
        about: html`${badge(test.status)} ${badge(test.verdict)} since ${ago(test.started_at)} · asked for by <bdi>${test.requested_by}</bdi>`,
      })}
      <div class="main-and-aside">
        <div class="stack">
          <section class="card" aria-labelledby="difference">
            <div class="card-head"><h2 id="difference">Challenger less control</h2><span class="soft small">${words(metric.name)}</span></div>
            ${found
              ? html`${intervalPlot(found, metric.direction === 'minimize' ? -Math.abs(test.expected_difference) : test.expected_difference)}
                  <p class="soft small">${better} is better. The bar is a confidence sequence at ${percent(1 - test.alpha)}: it holds at all looks together, so looking often costs nothing. p = <span class="number" id="p-value">${number(found.p_value)}</span>.</p>`
              : html`<p class="soft">Too few outcomes to say anything yet. The test needs at least five expected events on each arm.</p>`}
          </section>
          <section class="card flush" aria-labelledby="arms">
            <div class="card-head"><h2 id="arms">The two arms</h2></div>
            ${tableBox('Arms', html`<table>
              <thead><tr><th>Arm</th><th class="number">Units</th><th class="number">Outcomes</th><th class="number">Events</th><th class="number">${words(metric.kind)}</th><th class="number">Contradicted</th></tr></thead>
              <tbody>
                ${[['Control', test.control_version, control], ['Challenger', test.version, challenger]].map(([name, version, arm]) => html`<tr>
                  <td><a href=${to`/models/${this.args.model}/versions/${version}`}>${name}, version ${version}</a></td>
                  <td class="number">${count(arm.units)}</td><td class="number">${count(arm.outcomes)}</td><td class="number">${count(arm.events)}</td>
                  <td class="number">${number(arm.value ?? arm.rate)}</td><td class="number">${count(arm.contradicted)}</td></tr>`)}
              </tbody>
            </table>`)}
          </section>
          ${test.guardrails?.length
            ? html`<section class="card flush" aria-labelledby="guardrails">
                <div class="card-head"><h2 id="guardrails">Guardrails</h2></div>
                ${tableBox('Guardrails', html`<table>
                  <thead><tr><th>Metric</th><th>State</th><th class="number">Margin</th><th class="number">Difference</th><th class="number">Between</th></tr></thead>
                  <tbody>${test.guardrails.map((g) => html`<tr><td>${g.metric.name}</td><td>${badge(g.status)}</td><td class="number">${number(g.margin)}</td><td class="number">${number(g.difference)}</td><td class="number">${number(g.lower)} to ${number(g.upper)}</td></tr>`)}</tbody>
                </table>`)}
              </section>`
            : nothing}
        </div>
        <div class="stack">
          <section class="card" aria-labelledby="sample">
            <div class="card-head"><h2 id="sample">Is the split as promised?</h2>${ratio ? badge(ratio.p_value < ratio.alarm ? 'invalid' : 'passed', ratio.p_value < ratio.alarm ? 'No' : 'Yes') : nothing}</div>
            ${ratio
              ? factList([
                  ['Promised', percent(ratio.expected_challenger)],
                  ['Seen', percent(ratio.observed_challenger)],
                  ['p', number(ratio.p_value)],
                  ['Alarm below', number(ratio.alarm)],
                ])
              : nothing}
          </section>
          <section class="card" aria-labelledby="design">
            <div class="card-head"><h2 id="design">How it was set up</h2></div>
            ${factList([
              ['Metric', html`${metric.name} (${metric.kind}, ${metric.direction})`],
              ['Share', share(test.weight_bps)],
              ['Hoped for', number(test.expected_difference)],
              ['At most wrong', percent(test.alpha)],
              ['At most', duration(test.max_duration)],
              ['Looks so far', count(test.looks)],
              ['Method', html`<span title=${test.method?.source ?? ''}>${test.method?.name}</span>`],
              ['Not counted', test.uncounted ? count(test.uncounted.waiting + test.uncounted.dropped + test.uncounted.too_old) : undefined],
              ['Ended', test.ended_at ? html`${ago(test.ended_at)}${test.reason ? html`: <bdi>${test.reason}</bdi>` : nothing}` : undefined],
            ])}
          </section>
          ${running
            ? html`<section class="card" aria-labelledby="end"><div class="card-head"><h2 id="end">End it</h2></div>
                <div class="stack"><label class="field"><span>Reason</span><input name="reason" maxlength="500" /></label>
                <div class="row top">
                  ${act({ label: 'Conclude', needs: 'traffic:write', run: () => this.end('conclude', 'Concluded.') })}
                  ${act({ label: 'Stop', kind: 'danger', needs: 'traffic:write', run: () => this.end('stop', 'Stopped.') })}
                </div></div></section>`
            : nothing}
        </div>
      </div>
    `;
  }

  async end(/** @type {string} */ verb, /** @type {string} */ done) {
    const reason = /** @type {HTMLInputElement} */ (this.querySelector('input[name=reason]')).value.trim();
    await attempt(done, () => post(api`${this.path}/${verb}`, { reason: reason || 'ended on the console' }));
    this.refresh();
  }
}

customElements.define('ab-test-view', AbTestView);
