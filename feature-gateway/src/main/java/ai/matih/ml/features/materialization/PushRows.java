package ai.matih.ml.features.materialization;

import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.problem.Violation;
import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.features.FeaturesError;
import ai.matih.ml.features.definition.DefinitionsSource;
import ai.matih.ml.features.definition.SourceDefinition;
import ai.matih.ml.features.definition.ViewDefinition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Pushes rows of one view: checks them against its types, writes them, records that it was done.
 */
public final class PushRows {

  /** A longer list would not be read. */
  private static final int MOST_VIOLATIONS = 20;

  /** As many as Feast writes within the time of one call. */
  private static final int ROWS_AT_ONCE = 1_000;

  private final DefinitionsSource definitions;
  private final OnlineWriter online;
  private final Materializations record;

  public PushRows(DefinitionsSource definitions, OnlineWriter online, Materializations record) {
    this.definitions = definitions;
    this.online = online;
    this.record = record;
  }

  /**
   * Nothing is written when one row is refused; one that is older than what is stored changes
   * nothing.
   *
   * @param rows each by column
   */
  public void push(Tenant tenant, String viewName, List<Map<String, @Nullable Object>> rows) {
    ViewDefinition view = definitions.of(tenant).views().get(viewName);
    if (view == null) {
      throw new Problem(FeaturesError.VIEW_NOT_FOUND, "There is no feature view " + viewName + ".")
          .with("field", "view")
          .with("view", viewName);
    }
    if (view.pushSource().isEmpty() || view.source().isEmpty()) {
      throw new Problem(
              FeaturesError.PUSH_NOT_ACCEPTED,
              "The view " + viewName + " takes no pushed rows; declare it with push: true.")
          .with("view", viewName);
    }
    List<PushedRow> typed = typed(view, view.source().get(), rows);
    try {
      for (int from = 0; from < typed.size(); from += ROWS_AT_ONCE) {
        online.write(
            tenant, viewName, typed.subList(from, Math.min(from + ROWS_AT_ONCE, typed.size())));
      }
    } catch (FeastRuns.Refused refused) {
      throw new Problem(FeaturesError.FEAST_REFUSED, refused.reason()).with("view", viewName);
    }
    record.pushed(viewName, rows.size());
  }

  private static List<PushedRow> typed(
      ViewDefinition view, SourceDefinition source, List<Map<String, @Nullable Object>> rows) {
    List<Violation> wrong = new ArrayList<>();
    List<PushedRow> typed = new ArrayList<>(rows.size());
    for (int i = 0; i < rows.size() && wrong.size() < MOST_VIOLATIONS; i++) {
      PushedRow.read(view, source, rows.get(i), "rows[" + i + "]", wrong).ifPresent(typed::add);
    }
    if (!wrong.isEmpty()) {
      throw Problem.invalid(wrong);
    }
    return typed;
  }
}
