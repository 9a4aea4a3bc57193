package ai.matih.ml.common.web;

import ai.matih.ml.common.security.Caller;
import ai.matih.ml.common.tenant.TenantScope;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import org.springframework.web.filter.OncePerRequestFilter;

/** Puts the caller's tenant in scope for the rest of the request. */
final class TenantFilter extends OncePerRequestFilter {

  @Override
  protected boolean shouldNotFilterAsyncDispatch() {
    return false;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    Optional<Caller> caller = Caller.current();
    if (caller.isEmpty()) {
      chain.doFilter(request, response);
      return;
    }
    try {
      TenantScope.run(
          caller.get().tenant(),
          () -> {
            try {
              chain.doFilter(request, response);
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            } catch (ServletException e) {
              throw new Wrapped(e);
            }
          });
    } catch (UncheckedIOException e) {
      throw e.getCause();
    } catch (Wrapped e) {
      throw e.wrapped;
    }
  }

  private static final class Wrapped extends RuntimeException {
    private final transient ServletException wrapped;

    Wrapped(ServletException wrapped) {
      super(wrapped);
      this.wrapped = wrapped;
    }
  }
}
