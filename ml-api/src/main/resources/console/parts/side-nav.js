import { html, svg } from 'lit';
import { caller } from '../core/session.js';

const ENTRIES = /** @type {[string, string, unknown][]} */ ([
  ['/console/', 'Home', svg`<path d="M3 10.5 12 3l9 7.5V21h-6v-6H9v6H3z"/>`],
  ['/console/models', 'Models', svg`<path d="M12 3 21 8v8l-9 5-9-5V8z"/><path d="m3 8 9 5 9-5M12 13v8"/>`],
  ['/console/training', 'Training', svg`<path d="M4 19V5M4 19h16M8 15l4-5 3 3 5-7"/>`],
  ['/console/datasets', 'Data sets', svg`<ellipse cx="12" cy="5.5" rx="8" ry="2.8"/><path d="M4 5.5v13c0 1.5 3.6 2.8 8 2.8s8-1.3 8-2.8v-13M4 12c0 1.5 3.6 2.8 8 2.8s8-1.3 8-2.8"/>`],
  ['/console/experiments', 'Experiments', svg`<path d="M9 3h6M10 3v6L4.5 19a1.5 1.5 0 0 0 1.3 2h12.4a1.5 1.5 0 0 0 1.3-2L14 9V3M7.5 15h9"/>`],
  ['/console/features', 'Features', svg`<path d="M4 6h16M4 12h16M4 18h16"/><circle cx="9" cy="6" r="2"/><circle cx="15" cy="12" r="2"/><circle cx="8" cy="18" r="2"/>`],
  ['/console/audit', 'Audit', svg`<path d="M12 3 4 6v6c0 5 3.4 8 8 9 4.6-1 8-4 8-9V6z"/><path d="m8.5 12 2.5 2.5 4.5-5"/>`],
]);

export const MARK = html`<svg viewBox="0 0 32 32" aria-hidden="true"><rect width="32" height="32" rx="8" fill="#3454d1"/><path d="M7 23V9l9 9 9-9v14" fill="none" stroke="#fff" stroke-width="3" stroke-linecap="round" stroke-linejoin="round"/></svg>`;

/** Where people start, and who they are. */
export function sideNav(/** @type {() => void} */ signOut) {
  const who = caller();
  const path = location.pathname;
  return html`<header class="side">
    <a class="brand" href="/console/" aria-label="MATIH ML, home">${MARK}<span>MATIH ML</span></a>
    <nav aria-label="Console">
      <ul>
        ${ENTRIES.map(([address, name, icon]) => {
          const inside = address === '/console/' ? path === address : path === address || path.startsWith(`${address}/`);
          return html`<li>
            <a href=${address} aria-current=${inside ? 'page' : 'false'}><svg viewBox="0 0 24 24" aria-hidden="true">${icon}</svg>${name}</a>
          </li>`;
        })}
      </ul>
    </nav>
    <div class="who">
      <b><bdi>${who.principal}</bdi></b>
      <span class="soft">${who.roles.join(', ')} · tenant ${who.tenant}</span>
      <a href="/docs" target="_blank" rel="noopener">API documentation</a>
      <button type="button" class="button" @click=${signOut}>Sign out</button>
    </div>
  </header>`;
}
