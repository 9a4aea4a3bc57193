package ai.matih.ml.common.idempotency;

import ai.matih.ml.common.problem.CommonError;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.security.Caller;
import jakarta.servlet.http.HttpServletRequest;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import org.aspectj.lang.ProceedingJoinPoint;
import org.aspectj.lang.annotation.Around;
import org.aspectj.lang.annotation.Aspect;
import org.aspectj.lang.reflect.MethodSignature;
import org.jspecify.annotations.Nullable;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;
import org.springframework.web.servlet.HandlerMapping;
import tools.jackson.databind.json.JsonMapper;

/** Runs {@link Idempotent} handlers together with their key. */
@Aspect
@Order(0)
public class IdempotencyAspect {

  private static final Pattern KEY_FORM = Pattern.compile("[\\x21-\\x7e]{1,255}");
  private static final Duration LEASE = Duration.ofMinutes(2);

  private final IdempotencyKeys keys;
  private final JsonMapper json;
  private final TransactionTemplate transaction;

  public IdempotencyAspect(
      IdempotencyKeys keys, JsonMapper json, PlatformTransactionManager transactions) {
    this.keys = keys;
    this.json = json;
    this.transaction = new TransactionTemplate(transactions);
  }

  @Around("@annotation(idempotent)")
  public @Nullable Object run(ProceedingJoinPoint handler, Idempotent idempotent) throws Throwable {
    HttpServletRequest request =
        ((ServletRequestAttributes) RequestContextHolder.currentRequestAttributes()).getRequest();
    Optional<IdempotencyKeys.Key> key = key(request, handler);
    if (idempotent.outside()) {
      return key.isEmpty() ? handler.proceed() : outside(handler, key.get());
    }
    return inOneTransaction(handler, key);
  }

  private @Nullable Object inOneTransaction(
      ProceedingJoinPoint handler, Optional<IdempotencyKeys.Key> key) throws Throwable {
    try {
      return transaction.execute(
          _ -> {
            if (key.isPresent()) {
              Optional<StoredAnswer> first = keys.claim(key.get(), LEASE);
              if (first.isPresent()) {
                return replay(first.get());
              }
            }
            Object answer = Objects.requireNonNull(proceed(handler));
            key.ifPresent(
                k -> keys.complete(k, store((ResponseEntity<?>) Objects.requireNonNull(answer))));
            return answer;
          });
    } catch (Checked e) {
      throw Objects.requireNonNull(e.getCause());
    }
  }

  private @Nullable Object outside(ProceedingJoinPoint handler, IdempotencyKeys.Key key)
      throws Throwable {
    Optional<StoredAnswer> first = transaction.execute(_ -> keys.claim(key, LEASE));
    if (first != null && first.isPresent()) {
      return replay(first.get());
    }
    Object answer;
    try {
      answer = handler.proceed();
    } catch (Throwable failure) {
      // An error is not replayed: the next request with this key tries again.
      transaction.executeWithoutResult(_ -> keys.release(key));
      throw failure;
    }
    transaction.executeWithoutResult(
        _ -> keys.complete(key, store((ResponseEntity<?>) Objects.requireNonNull(answer))));
    return answer;
  }

  private static @Nullable Object proceed(ProceedingJoinPoint handler) {
    try {
      return handler.proceed();
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new Checked(e);
    }
  }

  private StoredAnswer store(ResponseEntity<?> answer) {
    Map<String, String> headers = new LinkedHashMap<>();
    answer.getHeaders().forEach((name, values) -> headers.put(name, String.join(", ", values)));
    byte[] body = answer.getBody() == null ? new byte[0] : json.writeValueAsBytes(answer.getBody());
    return new StoredAnswer(answer.getStatusCode().value(), headers, body);
  }

  private static ResponseEntity<Object> replay(StoredAnswer answer) {
    HttpHeaders headers = new HttpHeaders();
    answer.headers().forEach(headers::set);
    headers.set("Idempotent-Replayed", "true");
    if (answer.body().length > 0) {
      headers.setContentType(MediaType.APPLICATION_JSON);
    }
    return ResponseEntity.status(answer.status()).headers(headers).body(answer.body());
  }

  private Optional<IdempotencyKeys.Key> key(
      HttpServletRequest request, ProceedingJoinPoint handler) {
    String header = request.getHeader("Idempotency-Key");
    if (header == null) {
      return Optional.empty();
    }
    if (!KEY_FORM.matcher(header).matches()) {
      throw Problem.invalid("Idempotency-Key", "must be 1 to 255 visible ASCII characters");
    }
    Caller caller =
        Caller.current()
            .orElseThrow(
                () -> new Problem(CommonError.UNAUTHENTICATED, "Valid credentials are needed."));
    String route =
        request.getMethod()
            + " "
            + request.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE);
    return Optional.of(
        new IdempotencyKeys.Key(
            caller.tenant(), caller.principal(), route, header, hash(request, handler)));
  }

  /** Hashes what the handler reads, so that spacing and field order do not make another request. */
  private String hash(HttpServletRequest request, ProceedingJoinPoint handler) {
    Method method = ((MethodSignature) handler.getSignature()).getMethod();
    Annotation[][] annotations = method.getParameterAnnotations();
    StringBuilder text = new StringBuilder(request.getRequestURI());
    for (int i = 0; i < annotations.length; i++) {
      boolean read =
          Arrays.stream(annotations[i])
              .anyMatch(
                  a ->
                      a instanceof RequestBody
                          || a instanceof PathVariable
                          || a instanceof RequestParam);
      if (read) {
        text.append('\n').append(json.writeValueAsString(handler.getArgs()[i]));
      }
    }
    try {
      return java.util.HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256")
                  .digest(text.toString().getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static final class Checked extends RuntimeException {
    Checked(Throwable cause) {
      super(cause);
    }
  }
}
