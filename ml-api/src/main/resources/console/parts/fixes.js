/** The act that can make a condition of a move come true, beside the condition that names it. */
import { html, nothing } from 'lit';
import { api, post } from '../core/api.js';
import { to } from '../core/router.js';
import { act } from './pieces.js';
import { attempt } from './toast.js';

/**
 * @param {any} condition
 * @param {{model: string, version: number}} of
 * @param {() => void} after what to do when it was done
 */
export function fixFor(condition, { model, version }, after) {
  const path = api`/models/${model}`;
  switch (condition.status === 'met' ? '' : condition.type) {
    case 'PlatformChecksPassed':
      return act({
        label: 'Run the platform checks',
        needs: 'models:write',
        run: async () => {
          await attempt('The checks run.', () => post(api`${path}/versions/${version}/validate`));
          after();
        },
      });
    case 'IntegrationTestsPassed':
      return condition.reason?.includes('Deploy')
        ? act({
            label: 'Deploy it without traffic',
            needs: 'deployments:write',
            run: async () => {
              await attempt('The deployment has begun.', () => post(api`${path}/deploy`, { version, engine: 'onnx', traffic: { strategy: 'none' } }));
              after();
            },
          })
        : nothing;
    case 'ShadowAgrees':
    case 'AbTestShowsImprovement':
      return html`<a href=${to`/models/${model}/traffic`}>Traffic, A/B tests and shadows</a>`;
    case 'NoTraffic':
    case 'TrafficDrained':
      return html`<a href=${to`/models/${model}/traffic`}>Change the traffic</a>`;
    default:
      return nothing;
  }
}
