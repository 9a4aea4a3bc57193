import { html, nothing } from 'lit';
import { inOwnTime, words } from '../core/format.js';

const MARKS = {
  met: ['good', '✓', 'met'],
  not_applicable: ['', '–', 'does not apply'],
  not_met: ['warn', '!', 'not met'],
  unknown: ['warn', '?', 'not known'],
  barred: ['bad', '✕', 'barred'],
};

const FIXERS = {
  requester: 'whoever asked for the move',
  reviewer: 'a reviewer',
  engineer: 'an engineer',
  platform: 'the platform, by itself',
};

/**
 * The conditions of a move, in the platform's words, with who can make each come true.
 *
 * @param {any[]} conditions
 * @param {(condition: any) => unknown} [more] what else there is to say or do about one
 */
export function conditionList(conditions, more = () => nothing) {
  return html`<ul class="conditions">
    ${conditions.map((condition) => {
      const [tone, mark, said] = MARKS[/** @type {keyof typeof MARKS} */ (condition.status)] ?? MARKS.unknown;
      const open = condition.status === 'not_met' || condition.status === 'barred' || condition.status === 'unknown';
      return html`<li class="condition">
        <span class="mark ${tone}" role="img" aria-label=${said}>${mark}</span>
        <div class="text">
          <b>${words(condition.type)}</b>
          <span class="soft">${inOwnTime(condition.message ?? words(condition.reason))}</span>
          ${open && condition.fixed_by
            ? html`<span class="small soft">Up to ${FIXERS[/** @type {keyof typeof FIXERS} */ (condition.fixed_by)] ?? condition.fixed_by}.</span>`
            : nothing}
          ${more(condition)}
        </div>
      </li>`;
    })}
  </ul>`;
}
