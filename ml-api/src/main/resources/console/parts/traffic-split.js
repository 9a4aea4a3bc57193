import { html } from 'lit';
import { share } from '../core/format.js';

/** Who answers how much, as one bar. @param {{version: number, variant?: string, weight_bps: number}[]} targets */
export function trafficSplit(targets) {
  const said = targets.map((t) => `version ${t.version}: ${share(t.weight_bps)}`).join(', ');
  return html`<div class="split" role="img" aria-label=${said}>
    ${targets.map((t) => html`<div .style=${`flex: ${t.weight_bps} 1 0`}>${t.weight_bps >= 900 ? `v${t.version} · ${share(t.weight_bps)}` : ''}</div>`)}
  </div>`;
}
