package ai.matih.ml.features.catalog;

import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.common.reconcile.Claim;
import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.features.catalog.FeastDefinitions.Named;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings declared documents into Feast: claims what is not applied, applies a tenant's documents
 * together, and records for each whether Feast has it.
 *
 * <p>When Feast refuses the whole, documents go one by one, so that a wrong one does not hold up
 * the others.
 */
public final class ReconcileDeclarations {

  private static final Logger log = LoggerFactory.getLogger(ReconcileDeclarations.class);

  private final PendingDeclarations pending;
  private final FeastDefinitions feast;

  public ReconcileDeclarations(PendingDeclarations pending, FeastDefinitions feast) {
    this.pending = pending;
    this.feast = feast;
  }

  /** One round over all tenants; answers how many documents it found. */
  public int round() {
    Map<Tenant, List<Claim>> byTenant = new LinkedHashMap<>();
    List<Claim> claims = pending.take();
    claims.forEach(c -> byTenant.computeIfAbsent(c.tenant(), _ -> new ArrayList<>()).add(c));
    byTenant.forEach(
        (tenant, ofTenant) -> {
          try {
            applyTogether(tenant, ofTenant);
          } finally {
            pending.giveBack(ofTenant);
          }
        });
    return claims.size();
  }

  private void applyTogether(Tenant tenant, List<Claim> claims) {
    List<PendingDeclarations.Work> work = pending.read(tenant, claims);
    work.sort(Comparator.comparing(w -> w.document().content().kind()));
    if (!work.isEmpty() && !applied(tenant, work, work.size() == 1)) {
      work.forEach(one -> applied(tenant, List.of(one), true));
    }
  }

  /** False when Feast refused and the documents are to be tried apart. */
  private boolean applied(Tenant tenant, List<PendingDeclarations.Work> work, boolean last) {
    try {
      feast.apply(
          tenant,
          work.stream()
              .map(one -> new Named(one.document().name(), one.document().content()))
              .toList());
      work.forEach(pending::applied);
      return true;
    } catch (FeastDefinitions.Refused refused) {
      if (!last) {
        return false;
      }
      log.info("Feast refused declarations of {}: {}", tenant, refused.reason());
      work.forEach(one -> pending.refused(one, refused.reason()));
      return true;
    } catch (EngineFailure away) {
      log.warn("Declarations of {} wait: {}", tenant, away.getMessage());
      work.forEach(
          one ->
              pending.waiting(one, away.engine() + " is away or failed; it will be tried again"));
      return true;
    }
  }
}
