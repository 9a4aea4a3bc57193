package ai.matih.ml.common.problem;

import java.util.Arrays;
import java.util.stream.Collectors;
import org.springframework.http.HttpStatus;

/**
 * One kind of refusal or failure that callers may program against.
 *
 * <p>Each service lists its codes in one enum. A code is stable once released; its wire form is
 * {@code Service:ReasonInCamelCase}.
 */
public interface ErrorCode {

  /** Wire form, for example {@code Training:JobNotFound}. */
  String code();

  HttpStatus status();

  /** One line that says what happened, the same for each occurrence. */
  String title();

  /** Wire form of an enum constant: {@code named("Training", "JOB_NOT_FOUND")}. */
  static String named(String service, String constant) {
    return Arrays.stream(constant.split("_", -1))
        .map(word -> word.charAt(0) + word.substring(1).toLowerCase(java.util.Locale.ROOT))
        .collect(Collectors.joining("", service + ":", ""));
  }
}
