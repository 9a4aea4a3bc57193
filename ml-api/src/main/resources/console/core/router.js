/**
 * Which view an address shows. Views are loaded when they are first needed.
 *
 * To add a view: write `views/<name>.js`, add a line here and, if people start there, one in
 * `parts/side-nav.js`.
 *
 * @typedef {{view: string, args: Record<string, string>, query: URLSearchParams}} Place
 */
const ROOT = '/console';

/** Patterns of addresses and the element that shows them; the first match wins. */
const ROUTES = [
  ['/', 'home-view', () => import('../views/home-view.js')],
  ['/models', 'models-view', () => import('../views/models-view.js')],
  ['/models/:model', 'model-view', () => import('../views/model-view.js')],
  ['/models/:model/versions/:version', 'version-view', () => import('../views/version-view.js')],
  ['/models/:model/compare', 'compare-view', () => import('../views/compare-view.js')],
  ['/models/:model/transitions', 'transitions-view', () => import('../views/transitions-view.js')],
  ['/models/:model/transitions/:transition', 'transition-view', () => import('../views/transition-view.js')],
  ['/models/:model/traffic', 'traffic-view', () => import('../views/traffic-view.js')],
  ['/models/:model/rollouts/:rollout', 'rollout-view', () => import('../views/rollout-view.js')],
  ['/models/:model/ab-tests/:test', 'ab-test-view', () => import('../views/ab-test-view.js')],
  ['/models/:model/shadows/:shadow', 'shadow-view', () => import('../views/shadow-view.js')],
  ['/models/:model/drift', 'drift-view', () => import('../views/drift-view.js')],
  ['/models/:model/audit', 'audit-view', () => import('../views/audit-view.js')],
  ['/training', 'training-view', () => import('../views/training-view.js')],
  ['/training/:job', 'job-view', () => import('../views/job-view.js')],
  ['/datasets', 'datasets-view', () => import('../views/datasets-view.js')],
  ['/datasets/:dataset', 'dataset-view', () => import('../views/dataset-view.js')],
  ['/experiments', 'experiments-view', () => import('../views/experiments-view.js')],
  ['/experiments/:experiment', 'runs-view', () => import('../views/runs-view.js')],
  ['/features', 'features-view', () => import('../views/features-view.js')],
  ['/features/:view', 'feature-view', () => import('../views/feature-view.js')],
  ['/audit', 'audit-view', () => import('../views/audit-view.js')],
];

/** @param {TemplateStringsArray} parts @param {unknown[]} values an address with escaped values */
export function to(parts, ...values) {
  return ROOT + String.raw({ raw: parts }, ...values.map((v) => encodeURIComponent(String(v))));
}

/** @returns {Promise<Place | null>} what the browser's address means; null for an unknown one */
export async function here() {
  const path = location.pathname.slice(ROOT.length).replace(/\/+$/, '') || '/';
  for (const [pattern, view, load] of ROUTES) {
    const args = match(String(pattern), path);
    if (args) {
      await /** @type {() => Promise<unknown>} */ (load)();
      return { view: String(view), args, query: new URLSearchParams(location.search) };
    }
  }
  return null;
}

/** Goes to another address of the console. @param {string} address */
export function go(address, { replace = false } = {}) {
  history[replace ? 'replaceState' : 'pushState'](null, '', address);
  dispatchEvent(new Event('place'));
}

/** Changes the query of the present address, for filters that can be shared as a link. */
export function setQuery(/** @type {Record<string, string>} */ values) {
  const query = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(values)) {
    if (value) query.set(name, value);
    else query.delete(name);
  }
  const text = query.toString();
  history.replaceState(null, '', location.pathname + (text ? `?${text}` : ''));
}

/** Links inside the console do not load the page anew. */
export function watchLinks() {
  addEventListener('popstate', () => dispatchEvent(new Event('place')));
  document.addEventListener('click', (event) => {
    const link = /** @type {HTMLAnchorElement | null} */ (/** @type {Element} */ (event.target).closest?.('a[href]'));
    const plain = !event.defaultPrevented && event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey;
    if (link && plain && link.origin === location.origin && link.pathname.startsWith(`${ROOT}/`) && !link.target) {
      event.preventDefault();
      go(link.pathname + link.search);
    }
  });
}

function match(pattern, path) {
  const wanted = pattern.split('/');
  const given = path.split('/');
  if (wanted.length !== given.length) return null;
  /** @type {Record<string, string>} */
  const args = {};
  for (let i = 0; i < wanted.length; i++) {
    if (wanted[i].startsWith(':')) args[wanted[i].slice(1)] = decoded(given[i]);
    else if (wanted[i] !== given[i]) return null;
  }
  return args;
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
