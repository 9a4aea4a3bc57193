package ai.matih.ml.registry.model.store;

import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.common.tenant.TenantScope;
import ai.matih.ml.registry.Json;
import ai.matih.ml.registry.model.AnswerCache;
import ai.matih.ml.registry.model.Model;
import ai.matih.ml.registry.model.ModelId;
import ai.matih.ml.registry.model.ModelSearch;
import ai.matih.ml.registry.model.Models;
import ai.matih.ml.registry.model.PolicyRevision;
import jakarta.persistence.EntityManager;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.hibernate.Session;
import org.hibernate.query.NativeQuery;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

@Component
@Transactional
class StoredModels implements Models {

  private final ModelRows rows;
  private final PolicyRows policies;
  private final EntityManager entities;
  private final AnswerCache cache;

  StoredModels(ModelRows rows, PolicyRows policies, EntityManager entities, AnswerCache cache) {
    this.rows = rows;
    this.policies = policies;
    this.entities = entities;
    this.cache = cache;
  }

  @Override
  public boolean add(Model model, PolicyRevision policy) {
    // Makes two creations of one name wait for each other, so that the loser hears of it as a
    // value.
    rows.lockId(model.id().slug());
    if (rows.findById(model.id().slug()).isPresent()) {
      return false;
    }
    ModelRow row = new ModelRow();
    row.key = UUID.randomUUID();
    row.set(model);
    rows.save(row);
    policies.save(PolicyRow.of(policy));
    invalidateAfterCommit(model.id());
    return true;
  }

  @Override
  public Optional<Model> find(ModelId id) {
    return rows.findByIdAndDeletedAtIsNull(id.slug()).map(ModelRow::model);
  }

  @Override
  public boolean isDeleted(ModelId id) {
    return rows.findById(id.slug()).filter(row -> row.deletedAt != null).isPresent();
  }

  @Override
  public void delete(ModelId id, Instant at) {
    rows.setDeleted(id.slug(), at);
  }

  @Override
  public void restore(ModelId id) {
    rows.setDeleted(id.slug(), null);
  }

  /** Only the conditions that are asked for, so that each finds its index. */
  @Override
  public List<Model> list(Optional<ModelId> after, ModelSearch search, int limit) {
    StringBuilder where =
        new StringBuilder("tenant = current_setting('app.tenant') and deleted_at is null");
    Map<String, Object> params = new HashMap<>();
    after.ifPresent(
        id -> {
          where.append(" and id > :after");
          params.put("after", id.slug());
        });
    search
        .nameContains()
        .ifPresent(
            part -> {
              where.append(" and lower(name) like lower(:part) escape '\\'");
              params.put("part", "%" + part.replaceAll("([%_\\\\])", "\\\\$1") + "%");
            });
    search
        .task()
        .ifPresent(
            task -> {
              where.append(" and task = :task");
              params.put("task", task.name());
            });
    search
        .owner()
        .ifPresent(
            owner -> {
              where.append(" and owner = :owner");
              params.put("owner", owner);
            });
    if (!search.tags().isEmpty()) {
      where.append(" and tags @> cast(:tags as jsonb)");
      params.put("tags", Json.write(search.tags()));
    }
    search
        .stage()
        .ifPresent(
            stage -> {
              where.append(
                  """
                   and exists (select 1 from model_version v
                    where v.tenant = model.tenant and v.model_id = model.id and v.stage = :stage
                      and v.deleted_at is null)
                  """);
              params.put("stage", stage.name());
            });
    search
        .retired()
        .ifPresent(
            retired ->
                where.append(retired ? " and retired_at is not null" : " and retired_at is null"));
    search
        .evaluationDataset()
        .ifPresent(
            dataset -> {
              where.append(
                  """
                   and exists (select 1 from policy p
                    where p.tenant = model.tenant and p.model_id = model.id
                      and (p.document -> 'evaluation' ->> 'dataset' = :dataset
                        or starts_with(p.document -> 'evaluation' ->> 'dataset', :dataset || '@'))
                      and not exists (select 1 from policy newer
                        where newer.tenant = p.tenant and newer.model_id = p.model_id
                          and newer.revision > p.revision))
                  """);
              params.put("dataset", dataset);
            });
    NativeQuery<ModelRow> query =
        entities
            .unwrap(Session.class)
            .createNativeQuery(
                "select * from model where " + where + " order by id", ModelRow.class);
    params.forEach(query::setParameter);
    return query.setMaxResults(limit).getResultList().stream().map(ModelRow::model).toList();
  }

  @Override
  public void change(Model model) {
    rows.findById(model.id().slug()).orElseThrow().set(model);
  }

  @Override
  public void lock(ModelId id) {
    rows.lock(id.slug());
    // Whoever takes the lock is about to change the model.
    invalidateAfterCommit(id);
  }

  /** Before whoever makes the change answers. */
  private void invalidateAfterCommit(ModelId id) {
    Tenant tenant = TenantScope.require();
    TransactionSynchronizationManager.registerSynchronization(
        new TransactionSynchronization() {
          @Override
          public void afterCommit() {
            cache.invalidate(tenant, id);
          }
        });
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
