package ai.matih.ml.registry.evidence;

import ai.matih.ml.registry.model.ModelId;
import ai.matih.ml.registry.model.VersionNumber;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The current tenant's examinations and the requests that they answer. */
public interface Examinations {

  void add(Examination examination);

  Optional<Examination> find(UUID id);

  /** The same, held against every other change until the current transaction ends. */
  Optional<Examination> lock(UUID id);

  List<Examination> all(Collection<UUID> ids);

  /** The latest one of this version with this subject. */
  Optional<Examination> latest(ModelId model, VersionNumber version, Examination.Subject subject);

  /** Those of the platform's checks that are not over, oldest first. */
  List<Examination> openChecks(ModelId model, VersionNumber version);

  void save(Examination examination);

  void add(ValidationRun run);

  Optional<ValidationRun> findRun(ModelId model, VersionNumber version, UUID id);

  /** Newest first. */
  List<ValidationRun> runs(ModelId model, VersionNumber version);
}
