/** The life of a version, as far as the page draws it; the registry decides. */
export const STAGES = ['development', 'staging', 'production', 'archived'];

/** Where a version goes next; undefined at the end. @param {any} version */
export function nextStage(version) {
  if (version.stage === 'development') return 'staging';
  if (version.stage === 'staging') return 'production';
  return version.stage === 'production' && version.superseded ? 'archived' : undefined;
}

/** Whether a condition still stands in the way. @param {any} condition */
export function isOpen(condition) {
  return !['met', 'not_applicable'].includes(condition.status);
}

/**
 * A metric against a rule of the policy.
 *
 * @param {any} rule
 * @param {Record<string, number>} metrics
 * @returns {{name: string, value: number | undefined, wanted: string, ok: boolean}}
 */
export function against(rule, metrics = {}) {
  const value = metrics[rule.metric];
  const wanted = [
    rule.min !== undefined ? `at least ${rule.min}` : '',
    rule.max !== undefined ? `at most ${rule.max}` : '',
    rule.not_worse_than_production ? 'not worse than Production' : '',
  ].filter(Boolean).join(', ');
  const ok = value !== undefined && !(rule.min !== undefined && value < rule.min) && !(rule.max !== undefined && value > rule.max);
  return { name: rule.metric, value, wanted, ok };
}
