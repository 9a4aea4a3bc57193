/**
 * What all views have in common: they ask the platform when they are shown, say while they wait,
 * show a refusal in its own words, and go on with what they have when the platform goes away.
 *
 * A view overrides `load()`, which returns its data, and `show(data)`, which draws them. `every`
 * is the time in milliseconds after which it asks again; 0 for never.
 */
import { html, LitElement, nothing } from 'lit';
import { Refusal } from './api.js';
import { problemNote } from '../parts/problem-note.js';

export class View extends LitElement {
  static properties = {
    args: { attribute: false },
    query: { attribute: false },
    data: { state: true },
    problem: { state: true },
  };

  every = 0;

  constructor() {
    super();
    /** @type {Record<string, string>} */
    this.args = {};
    this.query = new URLSearchParams();
    /** @type {any} */
    this.data = null;
    /** @type {import('./api.js').ProblemDocument | null} */
    this.problem = null;
    this.timer = 0;
    this.turn = 0;
  }

  /** Styles and names for screen readers are those of the page. */
  createRenderRoot() {
    return this;
  }

  connectedCallback() {
    super.connectedCallback();
    this.refresh();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearTimeout(this.timer);
    this.turn++;
  }

  /** Asks again now. */
  async refresh() {
    clearTimeout(this.timer);
    const turn = ++this.turn;
    let next = this.every;
    try {
      const data = document.hidden && this.data ? this.data : await this.load();
      if (turn !== this.turn) return;
      this.data = data;
      this.problem = null;
    } catch (e) {
      if (!(e instanceof Refusal)) throw e;
      if (turn !== this.turn) return;
      this.problem = e.problem;
      if (e.problem.status === 0 || e.problem.status >= 500) next = next || 2000;
    }
    if (next && this.isConnected) this.timer = setTimeout(() => this.refresh(), next);
  }

  /** @returns {Promise<any>} */
  async load() {
    return {};
  }

  /** @param {any} _data */
  show(_data) {
    return nothing;
  }

  render() {
    return html`
      ${this.problem ? problemNote(this.problem) : nothing}
      ${this.data ? this.show(this.data) : this.problem ? nothing : html`<p class="loading" role="status">Loading…</p>`}
    `;
  }
}
