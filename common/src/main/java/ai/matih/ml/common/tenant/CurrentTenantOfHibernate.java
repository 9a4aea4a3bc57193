package ai.matih.ml.common.tenant;

import org.hibernate.context.spi.CurrentTenantIdentifierResolver;

/** Gives Hibernate's {@code @TenantId} columns the tenant in scope. */
public final class CurrentTenantOfHibernate implements CurrentTenantIdentifierResolver<String> {

  /** Matches no tenant's slug: without a scope nothing is found. */
  private static final String NOBODY = "-";

  @Override
  public String resolveCurrentTenantIdentifier() {
    String tenant = TenantScope.raw();
    return tenant == null ? NOBODY : tenant;
  }

  @Override
  public boolean validateExistingCurrentSessions() {
    return true;
  }

  @Override
  public boolean isRoot(String tenant) {
    return TenantScope.EVERY_TENANT.equals(tenant);
  }
}
