package ai.matih.ml.common.problem;

import com.google.errorprone.annotations.Immutable;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.springframework.http.HttpStatus;

/**
 * One kind of refusal or failure that callers may program against.
 *
 * <p>Each service lists its codes in one enum. A code is stable once released; its wire form is
 * {@code Service:ReasonInCamelCase}.
 */
public interface ErrorCode {

  /**
   * What a constant says of itself.
   *
   * @param service the first part of the wire form, for example {@code Training}
   * @param status the HTTP status of the answer
   * @param title one line that says what happened, the same for each occurrence
   */
  @Immutable
  record Definition(String service, HttpStatus status, String title) {
    public Definition {
      if (!status.isError() || title.isBlank()) {
        throw new IllegalArgumentException("a refusal has an error status and a title: " + title);
      }
    }
  }

  Definition definition();

  /** The name of the enum constant, for example {@code JOB_NOT_FOUND}. */
  String name();

  /** Wire form, for example {@code Training:JobNotFound}. */
  default String code() {
    return Arrays.stream(name().split("_", -1))
        .map(word -> word.charAt(0) + word.substring(1).toLowerCase(Locale.ROOT))
        .collect(Collectors.joining("", definition().service() + ":", ""));
  }

  default HttpStatus status() {
    return definition().status();
  }

  default String title() {
    return definition().title();
  }
}
