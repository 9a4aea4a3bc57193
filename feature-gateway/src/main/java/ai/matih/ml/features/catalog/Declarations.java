package ai.matih.ml.features.catalog;

import ai.matih.ml.features.catalog.Declaration.Kind;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** The stored declarations of the tenant in scope. */
public interface Declarations {

  Optional<DeclaredDocument> find(Kind kind, String name);

  /** All of the tenant, in no order. */
  List<DeclaredDocument> all();

  /**
   * Stores a new revision, its audit row and the wake-up of the reconciler in the transaction of
   * {@link #exclusively}.
   *
   * @param expectedRevision the revision that it follows, 0 for none
   * @return the stored document; empty when another one came first
   */
  Optional<DeclaredDocument> store(
      String name, Declaration content, long expectedRevision, String by);

  /** Records that a change would have broken what exists, in a transaction of its own. */
  void recordRefusal(Kind kind, String name, String reason);

  /**
   * Runs work in one transaction, within which nobody else changes declarations of this tenant.
   *
   * @param work calls nothing outside
   */
  <T> T exclusively(Supplier<T> work);
}
