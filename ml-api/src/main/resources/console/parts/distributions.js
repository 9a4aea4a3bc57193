import { html } from 'lit';
import { number, percent } from '../core/format.js';

const MOST = 24;

/** The two distributions behind a drift number: what training saw, and what is seen now. @param {any} feature */
export function distributions(feature) {
  const bins = feature.bins.filter((b) => b.expected > 0 || b.observed > 0);
  const shown = bins.length > MOST ? [...bins].sort((a, b) => Math.max(b.expected, b.observed) - Math.max(a.expected, a.observed)).slice(0, MOST) : bins;
  const highest = Math.max(...shown.map((b) => Math.max(b.expected, b.observed)), 1e-9);
  return html`
    <div class="legend"><span><i></i>in training</span><span><i class="now"></i>now</span></div>
    <div class="bars">
      ${shown.map((b) => html`<div class="bar">
        <span title=${binName(b)}><bdi>${binName(b)}</bdi></span>
        <div class="tracks" aria-hidden="true">
          <div class="track" .style=${`width: ${(100 * b.expected) / highest}%`}></div>
          <div class="track now" .style=${`width: ${(100 * b.observed) / highest}%`}></div>
        </div>
        <span class="number soft small"><span class="visually-hidden">in training ${percent(b.expected)}, now </span>${percent(b.observed)}</span>
      </div>`)}
    </div>
    ${bins.length > shown.length ? html`<p class="small soft">${bins.length - shown.length} smaller ones are left out.</p>` : ''}
  `;
}

function binName(bin) {
  switch (bin.what) {
    case 'category': return String(bin.category);
    case 'missing': return 'no value';
    case 'other': return 'all others';
    case 'below': return `below ${number(bin.to ?? bin.from)}`;
    case 'above': return `above ${number(bin.from ?? bin.to)}`;
    default: return `${number(bin.from)} to ${number(bin.to)}`;
  }
}
