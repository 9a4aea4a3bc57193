package ai.matih.ml.registry.promotion;

import ai.matih.ml.common.security.Caller;
import ai.matih.ml.common.security.Permission;

/**
 * Who asked for a move.
 *
 * @param admin whether they may act on what is not theirs
 */
public record Requester(String principal, boolean admin) {

  public static Requester of(Caller caller) {
    return new Requester(caller.actor(), caller.may(Permission.KEYS_MANAGE));
  }
}
