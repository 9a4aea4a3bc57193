package ai.matih.ml.common.dataplane;

import ai.matih.ml.common.security.Permission;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What answers one kind of request at some paths, all alike. */
public interface Endpoint {

  /**
   * The whole paths, in which a segment in braces stands for any one segment. Requests are counted
   * under the first.
   */
  List<String> paths();

  /** The method that it answers. */
  default String method() {
    return "POST";
  }

  /** Any one of them is needed; a refusal names the first. */
  List<Permission> permissions();

  /**
   * Whether it reads bodies of this content type.
   *
   * @param type as it was sent; null when the request names none
   */
  default boolean reads(@Nullable String type) {
    return ContentTypes.isJson(type);
  }

  /**
   * Reads a request and keeps nothing of the array, which the next request overwrites. A refusal is
   * thrown, here and later.
   */
  Work read(Request request, byte[] body, int length);

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
