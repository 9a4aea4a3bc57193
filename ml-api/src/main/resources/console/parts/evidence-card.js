import { html, LitElement, nothing } from 'lit';
import { api, Refusal, send } from '../core/api.js';
import { ago, bytes, digest, number, words } from '../core/format.js';
import { badge } from './pieces.js';
import { problemNote } from './problem-note.js';

/** One piece of evidence, with its checks and, when asked for, its report as it was handed in. */
class EvidenceCard extends LitElement {
  static properties = {
    evidence: { attribute: false },
    path: { attribute: false },
    used: { attribute: false },
    report: { state: true },
  };

  constructor() {
    super();
    /** @type {any} */
    this.evidence = {};
    /** @type {any} */
    this.path = null;
    this.used = false;
    /** @type {unknown} */
    this.report = null;
  }

  createRenderRoot() {
    return this;
  }

  async read() {
    try {
      const { body } = await send('GET', api`${this.path}/evidence/${this.evidence.id}/report`, undefined, { Accept: '*/*' });
      const text = typeof body === 'string' ? body : JSON.stringify(body, null, 2);
      this.report = html`<pre class="code tall" tabindex="0">${text}</pre>`;
    } catch (e) {
      if (!(e instanceof Refusal)) throw e;
      this.report = problemNote(e.problem);
    }
  }

  render() {
    const e = this.evidence;
    return html`<article class="card">
      <div class="spread">
        <h3>${words(e.kind)}</h3>
        <span class="row">${this.used ? badge('running', 'Counts here') : nothing}${badge(e.outcome)}</span>
      </div>
      <p class="small soft">${words(e.source)} · by <bdi>${e.recorded_by}</bdi> ${ago(e.recorded_at)} · about ${digest(e.artifact_digest)}${e.tests ? html` · ${e.tests.passed} of ${e.tests.executed} passed${e.tests.skipped ? `, ${e.tests.skipped} skipped` : ''}` : nothing}</p>
      ${e.note ? html`<p><bdi>${e.note}</bdi></p>` : nothing}
      ${e.checks?.length
        ? html`<details class="more" ?open=${e.outcome === 'failed'}>
            <summary>${e.checks.length} checks</summary>
            <ul class="stack tight">${e.checks.map((c) => html`<li>
              <span class="row"><span class="dot ${c.outcome === 'passed' ? 'good' : c.outcome === 'failed' ? 'bad' : ''}" aria-hidden="true"></span><b>${words(c.name)}</b><span class="visually-hidden">${c.outcome}</span></span>
              <span class="soft small">${c.detail} ${Object.entries(c.measured ?? {}).filter(([, v]) => typeof v === 'number').map(([k, v]) => `${words(k).toLowerCase()} ${number(v)}`).join(', ')}</span>
            </li>`)}</ul>
          </details>`
        : nothing}
      ${e.report_bytes
        ? html`<p><button type="button" class="button quiet" @click=${this.read}>Read the report (${bytes(e.report_bytes)})</button></p>${this.report ?? nothing}`
        : nothing}
    </article>`;
  }
}

customElements.define('evidence-card', EvidenceCard);
