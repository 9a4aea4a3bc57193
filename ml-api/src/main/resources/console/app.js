/** The root of the page: who is signed in, where we are, and the frame around the view. */
import { html, LitElement, nothing, render } from 'lit';
import { events, orElse, Refusal, signIn, signOut } from './core/api.js';
import { here, watchLinks } from './core/router.js';
import { caller, restore, setCaller } from './core/session.js';
import { empty } from './parts/pieces.js';
import { problemNote } from './parts/problem-note.js';
import { MARK, sideNav } from './parts/side-nav.js';
import { say } from './parts/toast.js';
import './parts/curl-button.js';
import './parts/sign-in.js';

class MatihApp extends LitElement {
  static properties = { state: { state: true }, place: { state: true }, problem: { state: true } };

  constructor() {
    super();
    /** @type {'starting' | 'outside' | 'ended' | 'asked' | 'inside'} */
    this.state = 'starting';
    /** @type {import('./core/router.js').Place | null} */
    this.place = null;
    /** @type {import('./core/api.js').ProblemDocument | null} */
    this.problem = null;
    /** A sign-in link that was not used yet. */
    this.link = '';
    this.visit = 0;
  }

  createRenderRoot() {
    return this;
  }

  connectedCallback() {
    super.connectedCallback();
    watchLinks();
    addEventListener('place', () => this.arrive(true));
    // A sign-in link that is opened where the page is open already changes the hash only.
    addEventListener('hashchange', () => location.hash.startsWith('#link=') && this.start());
    events.addEventListener('signed-out', () => {
      if (this.state === 'inside') this.state = 'ended';
    });
    this.addEventListener('signed-in', () => this.enter());
    this.start();
  }

  async start() {
    this.link = takeLink() ?? this.link;
    try {
      const known = await restore();
      if (known && this.link) this.state = 'asked';
      else if (this.link) await this.useLink();
      else if (known) await this.enter();
      else this.state = 'outside';
    } catch (e) {
      if (!(e instanceof Refusal)) throw e;
      this.problem = e.problem;
      this.state = 'outside';
      if (e.problem.status === 0) setTimeout(() => this.start(), 2000);
    }
  }

  async useLink() {
    const link = this.link;
    this.link = '';
    setCaller((await signIn(link)).caller);
    await this.enter();
  }

  /** Whose link it is nobody can see: it may be sent by somebody who wants to be acted for. */
  question() {
    const { principal, tenant } = caller();
    return html`<main class="signin" id="main">
      <div class="card box">
        ${MARK}
        <h1>Sign in as somebody else?</h1>
        <p>You are <bdi>${principal}</bdi> of <bdi>${tenant}</bdi>. The link ends your session and begins one of whoever made the link. Use it only if you asked for it: all that you do then is done in that name.</p>
        <div class="row">
          <button type="button" class="button primary" @click=${this.stay}>Stay</button>
          <button type="button" class="button" @click=${this.change}>Use the link</button>
        </div>
      </div>
    </main>`;
  }

  stay() {
    this.link = '';
    return this.enter();
  }

  /** A link that is refused changes nothing: the session that was there goes on. */
  async change() {
    try {
      await this.useLink();
    } catch (e) {
      if (!(e instanceof Refusal)) throw e;
      await this.enter();
      await this.updateComplete;
      say(problemNote(e.problem), true);
    }
  }

  async enter() {
    this.problem = null;
    await this.arrive(false);
    this.state = 'inside';
  }

  /** @param {boolean} moved by a link, so that the focus goes to the new view */
  async arrive(moved) {
    this.place = await here();
    this.visit++;
    if (moved) {
      scrollTo(0, 0);
      await this.updateComplete;
      this.querySelector('main')?.focus({ preventScroll: true });
    }
  }

  async leave() {
    await orElse(signOut(), undefined);
    setCaller(null);
    this.state = 'outside';
  }

  render() {
    if (this.state === 'starting') return nothing;
    if (this.state === 'asked') return this.question();
    if (this.state !== 'inside') {
      return html`${this.problem ? html`<div class="toast note">${problemNote(this.problem)}</div>` : nothing}
        <sign-in ?ended=${this.state === 'ended'}></sign-in>`;
    }
    return html`
      <a class="skip" href="#main" @click=${this.skip}>Skip to the content</a>
      <div class="frame">
        ${sideNav(() => this.leave())}
        <main id="main" tabindex="-1"></main>
      </div>
      <toast-box></toast-box>
    `;
  }

  skip(/** @type {Event} */ event) {
    event.preventDefault();
    /** @type {HTMLElement | null} */ (document.querySelector('main'))?.focus();
  }

  /** Each visit of an address gets a view of its own. */
  updated() {
    const main = this.querySelector('.frame > main');
    if (!main || main.getAttribute('data-visit') === String(this.visit)) return;
    main.setAttribute('data-visit', String(this.visit));
    main.replaceChildren();
    if (this.place) {
      const view = /** @type {import('./core/view.js').View} */ (document.createElement(this.place.view));
      view.args = this.place.args;
      view.query = this.place.query;
      main.append(view);
    } else {
      render(empty('There is nothing here', html`Go <a href="/console/">home</a>.`), /** @type {HTMLElement} */ (main));
    }
  }
}

/** The sign-in link of the address, which does not keep it. */
function takeLink() {
  const link = new URLSearchParams(location.hash.slice(1)).get('link');
  if (link !== null) history.replaceState(null, '', location.pathname + location.search);
  return link && /^mlo_[\w-]+$/.test(link) ? link : undefined;
}

customElements.define('matih-app', MatihApp);
