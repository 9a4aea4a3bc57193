import { html } from 'lit';
import { api, get, list } from '../core/api.js';
import { ago, words } from '../core/format.js';
import { to } from '../core/router.js';
import { isOpen } from '../core/stages.js';
import { View } from '../core/view.js';
import { modelFrame } from '../parts/model-frame.js';
import { badge, empty, tableBox } from '../parts/pieces.js';

/** All moves that were asked for, newest first. */
class TransitionsView extends View {
  every = 8000;

  async load() {
    const path = api`/models/${this.args.model}`;
    const [model, transitions] = await Promise.all([get(path), list(api`${path}/transitions`, {}, 200)]);
    return { model, transitions };
  }

  show({ model, transitions }) {
    return html`
      ${modelFrame({ model: this.args.model, tab: 'transitions', title: model.name })}
      ${transitions.length
        ? html`<div class="card flush">${tableBox('Transitions', html`<table>
            <thead><tr><th>Move</th><th>State</th><th>Asked for by</th><th>Missing, or how it ended</th><th class="right">When</th></tr></thead>
            <tbody>
              ${transitions.map((t) => html`<tr>
                <td class="nowrap"><a href=${to`/models/${this.args.model}/transitions/${t.id}`}>Version ${t.version} to ${words(t.target_stage)}</a></td>
                <td>${badge(t.status)}</td>
                <td><bdi>${t.requested_by}</bdi></td>
                <td class="soft">${t.status === 'pending' ? t.conditions.filter(isOpen).map((c) => words(c.type)).join(', ') : t.end_reason ?? ''}</td>
                <td class="right soft nowrap">${ago(t.requested_at)}</td>
              </tr>`)}
            </tbody>
          </table>`)}</div>`
        : empty('No move was asked for yet', 'Open the life of this model and ask for the next stage of a version.')}
    `;
  }
}

customElements.define('transitions-view', TransitionsView);
