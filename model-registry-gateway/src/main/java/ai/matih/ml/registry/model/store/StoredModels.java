package ai.matih.ml.registry.model.store;

import ai.matih.ml.registry.model.Model;
import ai.matih.ml.registry.model.ModelId;
import ai.matih.ml.registry.model.Models;
import ai.matih.ml.registry.model.PolicyRevision;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.data.domain.Limit;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

@Component
@Transactional
class StoredModels implements Models {

  private final ModelRows rows;
  private final PolicyRows policies;
  private final JdbcClient sql;

  StoredModels(ModelRows rows, PolicyRows policies, JdbcClient sql) {
    this.rows = rows;
    this.policies = policies;
    this.sql = sql;
  }

  @Override
  public boolean add(Model model, PolicyRevision policy) {
    // Makes two creations of one name wait for each other, so that the loser hears of it as a
    // value.
    sql.sql(
            "select pg_advisory_xact_lock(hashtextextended(current_setting('app.tenant') || '/' || ?, 0))")
        .param(model.id().slug())
        .query()
        .singleRow();
    if (rows.findById(model.id().slug()).isPresent()) {
      return false;
    }
    ModelRow row = new ModelRow();
    row.key = UUID.randomUUID();
    row.set(model);
    rows.save(row);
    policies.save(PolicyRow.of(policy));
    return true;
  }

  @Override
  public Optional<Model> find(ModelId id) {
    return rows.findById(id.slug()).map(ModelRow::model);
  }

  @Override
  public List<Model> list(Optional<ModelId> after, Optional<String> nameContains, int limit) {
    String part = nameContains.orElse("").replaceAll("([%_\\\\])", "\\\\$1");
    return rows.list(after.map(ModelId::slug).orElse(""), part, Limit.of(limit)).stream()
        .map(ModelRow::model)
        .toList();
  }

  @Override
  public void change(Model model) {
    rows.findById(model.id().slug()).orElseThrow().set(model);
  }

  @Override
  public void lock(ModelId id) {
    sql.sql(
            "select id from model where tenant = current_setting('app.tenant') and id = ? for update")
        .param(id.slug())
        .query()
        .listOfRows();
  }

  @Override
  public PolicyRevision policy(ModelId id) {
    return policies.findFirstByModelIdOrderByRevisionDesc(id.slug()).orElseThrow().policy();
  }

  @Override
  public PolicyRevision policy(ModelId id, int revision) {
    return policies.findByModelIdAndRevision(id.slug(), revision).orElseThrow().policy();
  }

  @Override
  public void addPolicy(PolicyRevision next) {
    policies.save(PolicyRow.of(next));
  }
}
