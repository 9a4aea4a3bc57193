package ai.matih.ml.common.idempotency;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Makes a POST handler safely repeatable by {@code Idempotency-Key}: the same key with the same
 * request replays the first answer. The handler must return a {@code ResponseEntity}.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface Idempotent {

  /**
   * False: the handler runs in one transaction with its key and answer, and calls nothing outside.
   * True: the handler calls an engine before it answers; no transaction is open around it, and
   * since a crash may come between the call and the stored answer, the handler must be repeatable
   * itself.
   */
  boolean outside() default false;
}
