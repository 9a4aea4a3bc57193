import { html } from 'lit';
import { to } from '../core/router.js';
import { head } from './pieces.js';

const TABS = /** @type {[string, string, (model: string) => string][]} */ ([
  ['life', 'Life', (m) => to`/models/${m}`],
  ['transitions', 'Transitions', (m) => to`/models/${m}/transitions`],
  ['traffic', 'Traffic', (m) => to`/models/${m}/traffic`],
  ['drift', 'Drift', (m) => to`/models/${m}/drift`],
  ['audit', 'Audit', (m) => to`/models/${m}/audit`],
]);

/** The head and the tabs of all views of one model. */
export function modelFrame(
  /** @type {{model: string, tab: string, title: unknown, about?: unknown, acts?: unknown, trail?: [string, string][]}} */ frame,
) {
  const trail = frame.trail ?? [];
  return html`
    ${head({ ...frame, trail: [['Models', to`/models`], ...trail] })}
    <nav class="tabs" aria-label="Parts of this model">
      ${TABS.map(([id, name, address]) => html`<a href=${address(frame.model)} aria-current=${id === frame.tab ? 'page' : 'false'}>${name}</a>`)}
    </nav>
  `;
}
