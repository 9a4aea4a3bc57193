package ai.matih.ml.features.catalog;

import ai.matih.ml.common.reconcile.Claim;
import ai.matih.ml.common.tenant.Tenant;
import java.util.List;

/** Declarations that Feast does not have yet, across tenants; each outcome carries its claim. */
public interface PendingDeclarations {

  /** A claimed document. */
  record Work(Claim claim, DeclaredDocument document) {}

  /** Claims documents that are due; each is held until it is given back. */
  List<Claim> take();

  /** Gives claimed documents back, whatever became of them. */
  void giveBack(List<Claim> claims);

  /** The claimed documents as they are now; a modifiable list. */
  List<Work> read(Tenant tenant, List<Claim> claims);

  /** Feast has the revision that was read. */
  void applied(Work work);

  /** Feast said no; tried again later, since what it needs may come. */
  void refused(Work work, String reason);

  /** Feast gave no answer; tried again soon. */
  void waiting(Work work, String message);
}
