package ai.matih.ml.registry.webhook.web;

import ai.matih.ml.registry.webhook.WebhookSecret;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.http.MediaType;
import org.springframework.http.converter.HttpMessageConverter;
import org.springframework.http.server.ServerHttpRequest;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.servlet.mvc.method.annotation.ResponseBodyAdvice;

/**
 * Puts a secret into an answer on its way out, after the answer was stored for repeats of the
 * request. So no secret is ever stored in the clear, and a repeat does not show it.
 */
@RestControllerAdvice(assignableTypes = WebhookController.class)
class SecretOnce implements ResponseBodyAdvice<Object> {

  private static final String SECRET = SecretOnce.class.getName();

  static void show(WebhookSecret secret) {
    RequestContextHolder.currentRequestAttributes()
        .setAttribute(SECRET, secret, RequestAttributes.SCOPE_REQUEST);
  }

  private static Optional<WebhookSecret> shown() {
    return Optional.ofNullable(
            RequestContextHolder.currentRequestAttributes()
                .getAttribute(SECRET, RequestAttributes.SCOPE_REQUEST))
        .map(WebhookSecret.class::cast);
  }

  @Override
  public boolean supports(
      MethodParameter method, Class<? extends HttpMessageConverter<?>> converter) {
    return true;
  }

  @Override
  public @Nullable Object beforeBodyWrite(
      @Nullable Object body,
      MethodParameter method,
      MediaType type,
      Class<? extends HttpMessageConverter<?>> converter,
      ServerHttpRequest request,
      ServerHttpResponse response) {
    if (body instanceof WebhookAnswer answer && shown().isPresent()) {
      response.getHeaders().set("Cache-Control", "no-store");
      return answer.with(shown().get());
    }
    return body;
  }
}
