package ai.matih.ml.serving.abtest;

import ai.matih.ml.serving.ModelId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The stored tests of the tenant in scope. Writes join the caller's transaction. */
public interface AbTests {

  Optional<AbTest> find(ModelId model, String id);

  /** The test of a model that is not over; there is at most one. */
  Optional<AbTest> open(ModelId model);

  /** Newest first. */
  List<AbTest> list(ModelId model, Optional<Long> version, Optional<String> afterId, int limit);

  void add(AbTest test);

  /** Stores a change of a test that was read under its model's lock. */
  void save(AbTest test);

  /**
   * The tests that are not over and were not analysed since, over all tenants; each is handed to
   * one caller, who counts as analysing it now.
   */
  List<OwnedAbTest> due(Instant analysedBefore, Instant now, int limit);
}
