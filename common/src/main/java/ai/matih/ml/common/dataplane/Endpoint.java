package ai.matih.ml.common.dataplane;

import ai.matih.ml.common.security.Caller;
import ai.matih.ml.common.security.Permission;
import java.util.List;

/** What answers the POSTs of some paths, all alike: JSON in, JSON out. */
public interface Endpoint {

  /** The whole paths; requests are counted under the first. */
  List<String> paths();

  /** Any one of them is needed; a refusal names the first. */
  List<Permission> permissions();

  /**
   * Reads a request and keeps nothing of the array, which the next request overwrites. A refusal is
   * thrown, here and later.
   */
  Work read(Caller caller, String requestId, byte[] body, int length);

  /** A request that was read and has to be answered. */
  interface Work {

    /**
     * Answers now if that needs neither waiting nor long computing. Otherwise it has written
     * nothing, and {@link #answer} is called on a thread that may wait.
     */
    boolean answerAtOnce(Output to);

    void answer(Output to);
  }
}
