package ai.matih.ml.common.dataplane;

import ai.matih.ml.common.security.Caller;
import org.jspecify.annotations.Nullable;

/** The head of a request, as an {@link Endpoint} sees it. */
public interface Request {

  Caller caller();

  String requestId();

  /** As it was sent. */
  String path();

  /** The first header of this name. */
  @Nullable String header(String name);
}
