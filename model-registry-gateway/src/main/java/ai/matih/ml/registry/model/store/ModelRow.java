package ai.matih.ml.registry.model.store;

import ai.matih.ml.registry.Json;
import ai.matih.ml.registry.model.Model;
import ai.matih.ml.registry.model.ModelId;
import ai.matih.ml.registry.model.Retirement;
import ai.matih.ml.registry.model.Task;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.annotations.TenantId;
import org.hibernate.type.SqlTypes;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;

@Entity
@Table(name = "model")
@SuppressWarnings("NullAway.Init")
class ModelRow {

  @Id UUID key;
  @TenantId String tenant;
  String id;
  String name;
  @Nullable String description;

  @Enumerated(EnumType.STRING)
  Task task;

  @Nullable String framework;

  @JdbcTypeCode(SqlTypes.JSON)
  String tags;

  String owner;
  Instant createdAt;
  Instant updatedAt;

  @Nullable Instant deletedAt;
  @Nullable Instant retiredAt;
  @Nullable String retiredBy;
  @Nullable String retiredReason;
  @Nullable UUID retiredTransition;

  void set(Model model) {
    id = model.id().slug();
    name = model.name();
    description = model.description().orElse(null);
    task = model.task();
    framework = model.framework().orElse(null);
    tags = Json.write(model.tags());
    owner = model.owner();
    createdAt = model.createdAt();
    updatedAt = model.updatedAt();
    retiredAt = model.retirement().map(Retirement::at).orElse(null);
    retiredBy = model.retirement().map(Retirement::by).orElse(null);
    retiredReason = model.retirement().map(Retirement::reason).orElse(null);
    retiredTransition = model.retirement().map(Retirement::transition).orElse(null);
  }

  Model model() {
    return new Model(
        new ModelId(id),
        name,
        Optional.ofNullable(description),
        task,
        Optional.ofNullable(framework),
        Json.read(tags, new TypeReference<Map<String, String>>() {}),
        owner,
        createdAt,
        updatedAt,
        Optional.ofNullable(retiredAt)
            .map(
                at ->
                    new Retirement(
                        at,
                        Objects.requireNonNull(retiredBy),
                        Objects.requireNonNull(retiredReason),
                        Objects.requireNonNull(retiredTransition))));
  }
}
