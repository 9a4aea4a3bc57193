package ai.matih.ml.common.tenant;

import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The tenant on whose data the current thread works: set from the caller's token within a request,
 * explicitly in background work. Without one, no row is visible.
 */
public final class TenantScope {

  /** What row-level security knows as "every tenant"; for claims that look across tenants. */
  static final String EVERY_TENANT = "*";

  private static final ThreadLocal<@Nullable String> CURRENT = new ThreadLocal<>();

  private TenantScope() {}

  public static Optional<Tenant> current() {
    return Optional.ofNullable(CURRENT.get()).filter(t -> !t.equals(EVERY_TENANT)).map(Tenant::new);
  }

  /**
   * The current tenant.
   *
   * @throws IllegalStateException outside any tenant's work; a programming error
   */
  public static Tenant require() {
    return current().orElseThrow(() -> new IllegalStateException("no tenant in scope"));
  }

  public static void run(Tenant tenant, Runnable work) {
    call(
        tenant,
        () -> {
          work.run();
          return Boolean.TRUE;
        });
  }

  public static <T> T call(Tenant tenant, Supplier<T> work) {
    return within(tenant.slug(), work);
  }

  /** Work across tenants, for background claims only. */
  public static <T> T acrossTenants(Supplier<T> work) {
    return within(EVERY_TENANT, work);
  }

  private static <T> T within(String tenant, Supplier<T> work) {
    String before = CURRENT.get();
    CURRENT.set(tenant);
    try {
      return work.get();
    } finally {
      if (before == null) {
        CURRENT.remove();
      } else {
        CURRENT.set(before);
      }
    }
  }

  static @Nullable String raw() {
    return CURRENT.get();
  }
}
