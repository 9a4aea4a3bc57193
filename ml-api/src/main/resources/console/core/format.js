/** Numbers, times and words as people read them, in the viewer's own language and zone. */
import { html, nothing } from 'lit';

const AGO = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto', style: 'short' });
const AT = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const SHORT = new Intl.DateTimeFormat(undefined, { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit' });
const WHOLE = new Intl.NumberFormat(undefined, { maximumFractionDigits: 0 });

const UNITS = /** @type {[Intl.RelativeTimeFormatUnit, number][]} */ ([
  ['day', 86400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
]);

/** How long ago something was; the exact time when pointed at. @param {string} [iso] */
export function ago(iso) {
  if (!iso) return nothing;
  const seconds = (Date.parse(iso) - Date.now()) / 1000;
  const [unit, size] = UNITS.find(([, s]) => Math.abs(seconds) >= s) ?? ['second', 1];
  const text = Math.abs(seconds) > 14 * 86400 ? SHORT.format(new Date(iso)) : AGO.format(Math.round(seconds / size), unit);
  return html`<time datetime=${iso} title=${AT.format(new Date(iso))}>${text}</time>`;
}

/** The exact time. @param {string} [iso] */
export function at(iso) {
  return iso ? html`<time datetime=${iso}>${AT.format(new Date(iso))}</time>` : nothing;
}

/** @param {number | undefined} value a measured number, with as many digits as tell something */
export function number(value) {
  if (value === undefined || value === null || Number.isNaN(value)) return '–';
  if (Number.isInteger(value)) return WHOLE.format(value);
  const size = Math.abs(value);
  if (size !== 0 && (size < 0.001 || size >= 1e7)) return value.toExponential(2);
  return new Intl.NumberFormat(undefined, { maximumSignificantDigits: size >= 1000 ? 6 : 4 }).format(value);
}

export function count(/** @type {number | undefined} */ value) {
  return value === undefined ? '–' : WHOLE.format(value);
}

/** @param {number | undefined} bps basis points */
export function share(bps) {
  return bps === undefined ? '–' : `${number(bps / 100)} %`;
}

/** @param {number | undefined} part between 0 and 1 */
export function percent(part) {
  return part === undefined || part === null ? '–' : `${number(Math.round(part * 100000) / 1000)} %`;
}

export function bytes(/** @type {number | undefined} */ size) {
  if (size === undefined) return '–';
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const step = size > 0 ? Math.min(units.length - 1, Math.floor(Math.log10(size) / 3)) : 0;
  return `${number(Math.round((size / 1000 ** step) * 10) / 10)} ${units[step]}`;
}

/** @param {string | undefined} from @param {string | undefined} until now when absent */
export function lasted(from, until) {
  if (!from) return '–';
  const seconds = Math.max(0, Math.round(((until ? Date.parse(until) : Date.now()) - Date.parse(from)) / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}

export function millis(/** @type {number | undefined} */ value) {
  return value === undefined ? '–' : `${number(value)} ms`;
}

/** A sentence of the platform, with its instants in the viewer's zone. */
export function inOwnTime(/** @type {string} */ sentence) {
  return sentence.replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, (instant) => AT.format(new Date(instant)));
}

/** An ISO 8601 duration in words. @param {string | undefined} iso */
export function duration(iso) {
  const found = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?)?$/.exec(iso ?? '');
  if (!found) return iso ?? '–';
  const names = ['day', 'hour', 'minute', 'second'];
  const parts = found.slice(1).flatMap((n, i) => (n && n !== '0' ? [`${n} ${names[i]}${n === '1' ? '' : 's'}`] : []));
  return parts.join(' ') || '0 seconds';
}

/** `unit_tests` and `UnitTestsPassed` as words: `Unit tests`, `Unit tests passed`. */
export function words(/** @type {string | undefined} */ code) {
  if (!code) return '';
  const spaced = code.replace(/[_-]+/g, ' ').replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
  return (spaced.charAt(0).toUpperCase() + spaced.slice(1)).replace(/\bab test/gi, (found) => (found[0] === 'A' ? 'A/B test' : 'A/B test'));
}

/** The first few of many. @param {string[]} names */
export function some(names, most = 3) {
  return names.length > most + 1 ? `${names.slice(0, most).join(', ')} and ${names.length - most} more` : names.join(', ');
}

/** The head of a digest, enough to tell two apart. */
export function digest(/** @type {string | undefined} */ text) {
  if (!text) return nothing;
  return html`<code title=${text}>${text.replace(/^sha256:/, '').slice(0, 12)}</code>`;
}
