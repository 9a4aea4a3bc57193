import { html } from 'lit';
import { api, get, list } from '../core/api.js';
import { ago, digest, number, words } from '../core/format.js';
import { setQuery, to } from '../core/router.js';
import { View } from '../core/view.js';
import { modelFrame } from '../parts/model-frame.js';
import { badge, empty, tableBox } from '../parts/pieces.js';

/** Two versions of a model side by side. */
class CompareView extends View {
  async load() {
    const path = api`/models/${this.args.model}`;
    const versions = await list(api`${path}/versions`, {}, 400);
    const numbers = versions.map((v) => v.version).sort((a, b) => b - a);
    const b = Number(this.query.get('b')) || numbers.find((n) => n !== Number(this.query.get('a'))) || numbers[0];
    const a = Number(this.query.get('a')) || numbers.find((n) => n !== b) || b;
    if (!numbers.length) return { numbers };
    const [left, right] = await Promise.all([get(api`${path}/versions/${a}`), get(api`${path}/versions/${b}`)]);
    return { numbers, left, right };
  }

  choose(/** @type {'a' | 'b'} */ side, /** @type {string} */ value) {
    setQuery({ [side]: value });
    this.query = new URLSearchParams(location.search);
    this.refresh();
  }

  show({ numbers, left, right }) {
    const frame = modelFrame({ model: this.args.model, tab: 'life', trail: [[this.args.model, to`/models/${this.args.model}`]], title: 'Compare versions' });
    if (numbers.length < 2) return html`${frame}${empty('There is nothing to compare yet', 'It takes two versions.')}`;
    const metrics = [...new Set([...Object.keys(left.metrics ?? {}), ...Object.keys(right.metrics ?? {})])].sort();
    const same = left.evaluated_on && left.evaluated_on === right.evaluated_on;
    return html`
      ${frame}
      <div class="stack">
        ${same ? '' : html`<div class="note warn"><b>Measured on different data</b><p>The numbers of the two versions say little about which is better.</p></div>`}
        <div class="card flush">${tableBox('Comparison', html`<table>
          <thead><tr><th>What</th>
            ${/** @type {const} */ (['a', 'b']).map((side) => {
              const chosen = side === 'a' ? left.version : right.version;
              return html`<th class="number"><label><span class="visually-hidden">${side === 'a' ? 'First' : 'Second'} version</span>
                <select @change=${(/** @type {any} */ e) => this.choose(side, e.target.value)}>${numbers.map((n) => html`<option value=${n} ?selected=${n === chosen}>Version ${n}</option>`)}</select></label></th>`;
            })}
            <th class="number">Difference</th></tr></thead>
          <tbody>
            <tr><td>Stage</td><td class="number">${badge(left.stage)}</td><td class="number">${badge(right.stage)}</td><td></td></tr>
            <tr><td>Added</td><td class="number">${ago(left.created_at)}</td><td class="number">${ago(right.created_at)}</td><td></td></tr>
            <tr><td>Measured on</td><td class="number">${digest(left.evaluated_on)}</td><td class="number">${digest(right.evaluated_on)}</td><td></td></tr>
            ${metrics.map((name) => {
              const difference = (right.metrics?.[name] ?? NaN) - (left.metrics?.[name] ?? NaN);
              return html`<tr><td>${name}</td><td class="number">${number(left.metrics?.[name])}</td><td class="number">${number(right.metrics?.[name])}</td>
                <td class="number">${Number.isNaN(difference) ? '–' : `${difference > 0 ? '+' : ''}${number(difference)}`}</td></tr>`;
            })}
            <tr><td>ONNX</td><td class="number">${badge(left.onnx)}</td><td class="number">${badge(right.onnx)}</td><td></td></tr>
            <tr><td>Provenance</td><td class="number">${words(left.provenance)}</td><td class="number">${words(right.provenance)}</td><td></td></tr>
          </tbody>
        </table>`)}</div>
      </div>
    `;
  }
}

customElements.define('compare-view', CompareView);
