/**
 * The one way to the platform: the same REST as everybody uses, by the session of this browser.
 *
 * @typedef {{method: string, path: string, body?: unknown, headers: Record<string, string>}} Call
 * @typedef {{status: number, body: any, etag: string | null}} Answer
 * @typedef {{status: number, code: string, title: string, detail: string, error_id?: string, violations?: {field: string, message: string}[], params?: any}} ProblemDocument
 */

const API = '/api/v1/ml';

/** Fires `call` for each call that was made, and `signed-out` when the session has ended. */
export const events = new EventTarget();

/** A refusal, as the platform words it; status 0 when it did not answer at all. */
export class Refusal extends Error {
  /** @param {ProblemDocument} problem */
  constructor(problem) {
    super(problem.detail || problem.title);
    this.problem = problem;
  }
}

/** An address below the API's root. Only {@link api} makes one, so that no call goes astray. */
class ApiPath {
  /** @param {string} text */
  constructor(text) {
    this.text = text;
  }

  toString() {
    return this.text;
  }

  /** @param {Record<string, unknown>} [query] empty values are left out */
  with(query = {}) {
    const pairs = Object.entries(query).filter(([, v]) => v !== undefined && v !== null && v !== '');
    return pairs.length ? new ApiPath(`${this.text}?${new URLSearchParams(pairs.map(([k, v]) => [k, String(v)]))}`) : this;
  }
}

/**
 * An address of the API. Each value stays one segment of it, whatever is in it: values come from
 * the browser's address, which anybody may have written. A path made here goes in as it is.
 *
 * @param {TemplateStringsArray} parts @param {unknown[]} values
 */
export function api(parts, ...values) {
  return new ApiPath(String.raw({ raw: parts }, ...values.map((v) => (v instanceof ApiPath ? v.text : segment(String(v))))));
}

/** Browsers take dots for a way up, escaped or not. */
function segment(/** @type {string} */ text) {
  if (text === '.' || text === '..') {
    throw new Refusal({ status: 404, code: '', title: 'There is nothing here', detail: `“${text}” is no name.` });
  }
  return encodeURIComponent(text);
}

/**
 * Asks for something. Throws a {@link Refusal}.
 *
 * @param {ApiPath} path
 * @param {Record<string, unknown>} [query] empty values are left out
 * @returns {Promise<any>}
 */
export async function get(path, query) {
  return (await send('GET', path.with(query))).body;
}

/** @param {ApiPath} path @param {Record<string, unknown>} [query] @returns {Promise<Answer>} */
export function getWithTag(path, query) {
  return send('GET', path.with(query));
}

/** @param {ApiPath} path @param {unknown} [body] @returns {Promise<any>} */
export async function post(path, body) {
  return (await send('POST', path, body, { 'Idempotency-Key': randomId() })).body;
}

/** Replaces a document of which `etag` was read. @returns {Promise<any>} */
export async function put(path, body, etag) {
  return (await send('PUT', path, body, { 'If-Match': etag })).body;
}

/** All items of a list, page by page, at most `most`. @returns {Promise<any[]>} */
export async function list(path, query = {}, most = 500) {
  const items = [];
  let token;
  do {
    const page = await get(path, { page_size: Math.min(most, 200), ...query, page_token: token });
    items.push(...(page.items ?? []));
    token = page.next_page_token;
  } while (token && items.length < most);
  return items;
}

/** The answer, or `otherwise` when there is nothing or the caller may not see it. */
export async function orElse(promise, otherwise) {
  try {
    return await promise;
  } catch (e) {
    if (e instanceof Refusal && [403, 404, 409].includes(e.problem.status)) return otherwise;
    throw e;
  }
}

/** The same, and also when the service that knows it is away; a view that uses it says so. */
export async function orWithout(promise, otherwise) {
  try {
    return await orElse(promise, otherwise);
  } catch (e) {
    if (e instanceof Refusal && e.problem.status >= 500) return otherwise;
    throw e;
  }
}

/**
 * @param {string} method
 * @param {ApiPath} path
 * @param {unknown} [body]
 * @param {Record<string, string>} [headers]
 * @returns {Promise<Answer>}
 */
export async function send(method, path, body, headers = {}) {
  const sent = body === undefined ? {} : { 'Content-Type': 'application/json' };
  const address = addressOf(path);
  let response;
  try {
    response = await fetch(address, {
      method,
      headers: { Accept: 'application/json', 'X-Matih-Console': '1', ...sent, ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
      cache: 'no-store',
    });
  } catch {
    throw away();
  }
  remember({ method, path: path.text, body, headers: { ...sent, ...headers } });
  const type = response.headers.get('Content-Type') ?? '';
  const answered = type.includes('json') ? await response.json().catch(() => undefined) : await response.text();
  if (response.ok) {
    return { status: response.status, body: answered, etag: response.headers.get('ETag') };
  }
  const problem = typeof answered === 'object' ? answered : { title: response.statusText, detail: '' };
  if (response.status === 401 && path.text !== '/access/sessions') {
    events.dispatchEvent(new Event('signed-out'));
  }
  throw new Refusal({ ...problem, status: response.status });
}

/** Begins a session with a key, a token or a sign-in link. */
export async function signIn(credential) {
  return (await send('POST', api`/access/sessions`, undefined, { Authorization: `Bearer ${credential}` })).body;
}

export function signOut() {
  return send('DELETE', api`/access/sessions/current`);
}

/**
 * Follows a stream of server-sent events until `signal` ends it. Each event's data is given whole.
 *
 * @param {ApiPath} path
 * @param {(event: string, data: any) => void} heard
 * @param {AbortSignal} signal
 */
export async function follow(path, heard, signal) {
  const response = await fetch(addressOf(path), {
    headers: { Accept: 'text/event-stream', 'X-Matih-Console': '1' },
    signal,
  });
  remember({ method: 'GET', path: path.text, headers: {} });
  if (!response.ok || !response.body) throw away();
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    text += value;
    const parts = text.split('\n\n');
    text = parts.pop() ?? '';
    for (const part of parts) {
      const lines = part.split('\n');
      const name = lines.find((l) => l.startsWith('event:'))?.slice(6).trim() ?? 'message';
      const data = lines.filter((l) => l.startsWith('data:')).map((l) => l.slice(5).trim()).join('\n');
      if (data) heard(name, data);
    }
  }
}

/** The call as a person would type it. @param {Call} call */
export function curl(call) {
  const parts = ['curl'];
  if (call.method !== 'GET') parts.push(`-X ${call.method}`);
  parts.push(`-H "Authorization: Bearer $KEY"`);
  for (const [name, value] of Object.entries(call.headers)) {
    if (name !== 'Authorization') parts.push(`-H ${quoted(`${name}: ${value}`)}`);
  }
  if (call.body !== undefined) parts.push(`-d ${quoted(JSON.stringify(call.body))}`);
  parts.push(quoted(location.origin + API + call.path));
  return parts.join(' \\\n  ');
}

function quoted(text) {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** @param {ApiPath} path */
function addressOf(path) {
  if (!(path instanceof ApiPath)) throw new TypeError(`not made by api: ${path}`);
  return API + path.text;
}

/** @param {Call} call */
function remember(call) {
  events.dispatchEvent(new CustomEvent('call', { detail: call }));
}

function away() {
  return new Refusal({
    status: 0,
    code: '',
    title: 'The platform does not answer',
    detail: 'Is it running? This page tries again by itself.',
  });
}

/** `crypto.randomUUID` is missing where a page came by plain HTTP from another machine. */
function randomId() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, '0')).join('');
}

/** Who of the platform is there; outside the API, for machines. @returns {Promise<any>} */
export async function health() {
  const response = await fetch('/health', { cache: 'no-store' }).catch(() => null);
  if (!response?.ok) throw away();
  return response.json();
}
