import { html, LitElement, nothing } from 'lit';
import { Refusal } from '../core/api.js';
import { problemNote } from './problem-note.js';

const SHOWN_FOR = 7000;

/** What became of the last act; read aloud by screen readers. */
class ToastBox extends LitElement {
  static properties = { message: { state: true } };

  constructor() {
    super();
    /** @type {unknown} */
    this.message = null;
    this.timer = 0;
  }

  createRenderRoot() {
    return this;
  }

  /** @param {unknown} message @param {boolean} stays until it is closed */
  say(message, stays) {
    clearTimeout(this.timer);
    this.message = message;
    if (!stays) this.timer = setTimeout(() => (this.message = null), SHOWN_FOR);
  }

  render() {
    return html`<div aria-live="polite">
      ${this.message
        ? html`<div class="note toast fade">
            ${this.message}
            <span><button type="button" class="button quiet" @click=${() => (this.message = null)}>Close</button></span>
          </div>`
        : nothing}
    </div>`;
  }
}

customElements.define('toast-box', ToastBox);

/** @param {unknown} message @param {boolean} [stays] */
export function say(message, stays = false) {
  /** @type {ToastBox | null} */ (document.querySelector('toast-box'))?.say(message, stays);
}

/**
 * Does an act and says what became of it.
 *
 * @template T
 * @param {string} done what to say when it was done
 * @param {() => Promise<T>} work
 * @returns {Promise<T | undefined>}
 */
export async function attempt(done, work) {
  try {
    const result = await work();
    say(html`<b>${done}</b>`);
    return result;
  } catch (e) {
    if (!(e instanceof Refusal)) throw e;
    say(problemNote(e.problem), true);
    return undefined;
  }
}
