import { html, nothing } from 'lit';

/** A refusal in the platform's own words, with the id under which its log knows it. */
export function problemNote(/** @type {import('../core/api.js').ProblemDocument} */ problem) {
  return html`<div class="note bad" role="alert">
    <b>${problem.title}</b>
    ${problem.detail ? html`<p>${problem.detail}</p>` : nothing}
    ${(problem.violations ?? []).map((v) => html`<p><code>${v.field}</code> ${v.message}</p>`)}
    ${problem.code
      ? html`<p class="small soft"><code>${problem.code}</code>${problem.error_id ? html` · error <code>${problem.error_id}</code>` : nothing}</p>`
      : nothing}
  </div>`;
}
