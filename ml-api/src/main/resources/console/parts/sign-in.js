import { html, LitElement, nothing } from 'lit';
import { Refusal, signIn } from '../core/api.js';
import { setCaller } from '../core/session.js';
import { problemNote } from './problem-note.js';
import { MARK } from './side-nav.js';

/** Asks for a key. The address stays as it is, so that a deep link survives signing in. */
class SignIn extends LitElement {
  static properties = { ended: { type: Boolean }, problem: { state: true }, waits: { state: true } };

  constructor() {
    super();
    this.ended = false;
    this.waits = false;
    /** @type {import('../core/api.js').ProblemDocument | null} */
    this.problem = null;
  }

  createRenderRoot() {
    return this;
  }

  firstUpdated() {
    this.querySelector('input')?.focus();
  }

  async submit(/** @type {SubmitEvent} */ event) {
    event.preventDefault();
    const input = /** @type {HTMLInputElement} */ (this.querySelector('input'));
    await this.begin(input.value.trim());
  }

  async begin(/** @type {string} */ credential) {
    this.waits = true;
    this.problem = null;
    try {
      setCaller((await signIn(credential)).caller);
      this.dispatchEvent(new Event('signed-in', { bubbles: true }));
    } catch (e) {
      if (!(e instanceof Refusal)) throw e;
      this.problem = e.problem;
    } finally {
      this.waits = false;
    }
  }

  render() {
    return html`<main class="signin" id="main">
      <form class="card" @submit=${this.submit}>
        <div class="stack">
          ${MARK}
          <div>
            <h1>MATIH ML</h1>
            <p class="soft">A model’s whole life on one page.</p>
          </div>
        </div>
        ${this.ended && !this.problem ? html`<div class="note" role="status">Your session has ended. Sign in to go on where you were.</div>` : nothing}
        ${this.problem ? problemNote(this.problem) : nothing}
        <label class="field">
          <span>API key, or a token of your identity provider</span>
          <input type="password" name="key" autocomplete="current-password" required spellcheck="false" placeholder="mlk_…" />
        </label>
        <button class="button primary" ?disabled=${this.waits}>Sign in</button>
        <p class="small soft">On your own machine, <code>./ml key</code> prints a key and <code>./ml up</code> a link that signs in by itself.</p>
      </form>
    </main>`;
  }
}

customElements.define('sign-in', SignIn);
