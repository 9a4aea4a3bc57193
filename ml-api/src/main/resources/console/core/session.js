/**
 * Who is signed in, and what that person may do.
 *
 * @typedef {{tenant: string, principal: string, roles: string[], permissions: string[]}} Caller
 */
import { api, get, Refusal } from './api.js';

/** @type {Caller | null} */
let current = null;

/** @returns {Caller} */
export function caller() {
  if (!current) throw new Error('nobody is signed in');
  return current;
}

/** @param {Caller | null} next */
export function setCaller(next) {
  current = next;
}

/** Asks who this browser's session belongs to; null when there is none. */
export async function restore() {
  try {
    current = await get(api`/access/caller`);
  } catch (e) {
    if (!(e instanceof Refusal) || e.problem.status !== 401) throw e;
    current = null;
  }
  return current;
}

/** @param {string} permission for example `models:approve` */
export function may(permission) {
  return current?.permissions.includes(permission) ?? false;
}

/** Why an act is not this person's, or '' when it is. @param {string} permission */
export function whyNot(permission) {
  return may(permission) ? '' : `Needs ${permission}, which the role ${current?.roles.join(', ')} does not give.`;
}
