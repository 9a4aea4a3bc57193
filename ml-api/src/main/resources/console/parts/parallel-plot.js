import { html, LitElement, svg } from 'lit';
import { number } from '../core/format.js';

const WIDTH = 760;
const HEIGHT = 220;
const TOP = 30;
const BOTTOM = 24;
const SIDE = 50;

/** Trials as lines over parallel axes: one per parameter, the metric last. */
class ParallelPlot extends LitElement {
  static properties = { trials: { attribute: false } };

  constructor() {
    super();
    /** @type {any} */
    this.trials = { items: [] };
  }

  createRenderRoot() {
    return this;
  }

  render() {
    const { items, metric, best_trial: best } = this.trials;
    const done = items.filter((/** @type {any} */ i) => (i.best_value ?? i.value) !== undefined);
    const names = [...new Set(done.flatMap((/** @type {any} */ i) => Object.keys(i.parameters ?? {})))];
    if (done.length < 2 || !names.length) return html``;
    const axes = [...names.map((name) => axis(String(name), done.map((i) => i.parameters?.[name]))), axis(metric, done.map((i) => i.best_value ?? i.value))];
    const x = (/** @type {number} */ i) => SIDE + (i * (WIDTH - 2 * SIDE)) / (axes.length - 1);
    return html`<svg class="parallel" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="Trials by parameters and ${metric}; the table below has the numbers">
      ${axes.map((a, i) => svg`<line class="axis" x1=${x(i)} x2=${x(i)} y1=${TOP} y2=${HEIGHT - BOTTOM}></line>
        <text x=${x(i)} y="12" text-anchor="middle">${a.name}</text>
        <text x=${x(i)} y="25" text-anchor="middle">${a.high}</text>
        <text x=${x(i)} y=${HEIGHT - 8} text-anchor="middle">${a.low}</text>`)}
      ${done.map((trial) => svg`<polyline class="trial ${trial.trial === best ? 'best' : ''}" points=${axes.map((a, i) => `${x(i)},${a.y(i < names.length ? trial.parameters?.[names[i]] : (trial.best_value ?? trial.value))}`).join(' ')}></polyline>`)}
    </svg>`;
  }
}

/** Where values of one axis lie; texts lie in the order of their alphabet. */
function axis(/** @type {string} */ name, /** @type {any[]} */ values) {
  const numeric = values.every((v) => v === undefined || typeof v === 'number');
  const known = [...new Set(values.filter((v) => v !== undefined))].sort((a, b) => (numeric ? a - b : String(a).localeCompare(String(b))));
  const low = numeric ? known[0] : 0;
  const high = numeric ? known.at(-1) : known.length - 1;
  const place = (/** @type {any} */ v) => {
    const at = numeric ? v : known.indexOf(v);
    const part = v === undefined || high === low ? 0.5 : (at - low) / (high - low);
    return HEIGHT - BOTTOM - part * (HEIGHT - BOTTOM - TOP);
  };
  return { name, low: numeric ? number(known[0]) : String(known[0]), high: numeric ? number(known.at(-1)) : String(known.at(-1)), y: place };
}

customElements.define('parallel-plot', ParallelPlot);
