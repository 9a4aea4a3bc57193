import { html, LitElement } from 'lit';
import { curl, events } from '../core/api.js';

const MOST = 12;

/** The calls that the present view has made, each ready to be typed by hand. The newest act comes first. */
class CurlButton extends LitElement {
  static properties = { copied: { state: true } };

  constructor() {
    super();
    this.copied = '';
    this.listener = () => this.requestUpdate();
  }

  createRenderRoot() {
    return this;
  }

  connectedCallback() {
    super.connectedCallback();
    events.addEventListener('call', this.listener);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    events.removeEventListener('call', this.listener);
  }

  async copy(/** @type {string} */ text) {
    await navigator.clipboard.writeText(text);
    this.copied = text;
  }

  render() {
    const calls = [...made].sort((a, b) => Number(b.method !== 'GET') - Number(a.method !== 'GET')).slice(0, MOST);
    return html`<details class="curl" @keydown=${this.close}>
      <summary class="button quiet">Copy as curl</summary>
      <div class="panel">
        <p class="small soft">What this view asked for. Set <code>KEY</code> to your API key first.</p>
        ${calls.map((call) => {
          const text = curl(call);
          return html`<div class="call">
            <pre class="code">${text}</pre>
            <span><button type="button" class="button" @click=${() => this.copy(text)}>${this.copied === text ? 'Copied' : 'Copy'}</button></span>
          </div>`;
        })}
      </div>
    </details>`;
  }

  close(/** @type {KeyboardEvent} */ event) {
    if (event.key === 'Escape') {
      const details = /** @type {HTMLDetailsElement} */ (event.currentTarget);
      details.open = false;
      details.querySelector('summary')?.focus();
    }
  }
}

/** @type {import('../core/api.js').Call[]} newest first, each address once */
let made = [];
events.addEventListener('call', (event) => {
  const call = /** @type {CustomEvent} */ (event).detail;
  if (call.path.startsWith('/access/')) return;
  made = [call, ...made.filter((c) => c.method !== call.method || c.path !== call.path)].slice(0, 40);
});
addEventListener('place', () => {
  made = [];
});

customElements.define('curl-button', CurlButton);
