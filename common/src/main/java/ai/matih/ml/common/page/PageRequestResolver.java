package ai.matih.ml.common.page;

import ai.matih.ml.common.problem.Problem;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;

/** Reads {@code page_size} and {@code page_token}. */
public final class PageRequestResolver implements HandlerMethodArgumentResolver {

  @Override
  public boolean supportsParameter(MethodParameter parameter) {
    return parameter.getParameterType() == PageRequest.class;
  }

  @Override
  public Object resolveArgument(
      MethodParameter parameter,
      @Nullable ModelAndViewContainer container,
      NativeWebRequest request,
      @Nullable WebDataBinderFactory binders) {
    String size = request.getParameter("page_size");
    String token = request.getParameter("page_token");
    return new PageRequest(
        size == null ? PageRequest.DEFAULT_SIZE : parse(size),
        Optional.ofNullable(token).filter(t -> !t.isEmpty()));
  }

  private static int parse(String size) {
    if (size.matches("\\d{1,6}")) {
      int value = Integer.parseInt(size);
      if (value >= 1 && value <= PageRequest.MAX_SIZE) {
        return value;
      }
    }
    throw Problem.invalid("page_size", "must be a number from 1 to " + PageRequest.MAX_SIZE);
  }
}
