import { html, svg } from 'lit';
import { number } from '../core/format.js';

const WIDTH = 640;
const HEIGHT = 96;
const EDGE = 24;

/**
 * A difference with the interval that holds it, against zero and what was hoped for.
 *
 * @param {{difference: number, lower: number, upper: number}} found
 * @param {number} [expected]
 * @param {string} [label]
 */
export function intervalPlot({ difference, lower, upper }, expected, label = 'Difference') {
  const points = [0, lower, upper, difference, ...(expected === undefined ? [] : [expected])];
  const low = Math.min(...points);
  const high = Math.max(...points);
  const room = (high - low || 1) * 0.12;
  const x = (/** @type {number} */ v) => EDGE + ((v - low + room) / (high - low + 2 * room)) * (WIDTH - 2 * EDGE);
  const said = `${label} ${number(difference)}, between ${number(lower)} and ${number(upper)}`;
  return html`<svg class="interval" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label=${said}>
    ${svg`<line x1=${EDGE} x2=${WIDTH - EDGE} y1="50" y2="50"></line>
      <line class="zero" x1=${x(0)} x2=${x(0)} y1="14" y2="78"></line>
      <text x=${x(0)} y="92" text-anchor="middle">0</text>
      ${expected === undefined ? '' : svg`<line class="zero" x1=${x(expected)} x2=${x(expected)} y1="14" y2="78"></line><text x=${x(expected)} y="11" text-anchor="middle">hoped for ${number(expected)}</text>`}
      <line class="span" x1=${x(lower)} x2=${x(upper)} y1="50" y2="50"></line>
      <circle cx=${x(difference)} cy="50" r="6"></circle>
      <text x=${x(lower)} y="36" text-anchor="middle">${number(lower)}</text>
      <text x=${x(upper)} y="36" text-anchor="middle">${number(upper)}</text>`}
  </svg>`;
}
