package ai.matih.ml.training.job;

import ai.matih.ml.common.storage.S3Uri;
import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.training.dataset.DatasetReference;
import ai.matih.ml.training.dataset.DatasetVersion;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Which table a training job may read, and which features may be joined to it. */
final class SourceRules {

  private static final Pattern FEATURE = Pattern.compile("[A-Za-z0-9_]{1,200}:[A-Za-z0-9_]{1,200}");
  private static final Pattern SERVICE = Pattern.compile("[A-Za-z0-9_-]{1,200}");

  private final Tenant tenant;
  private final Set<String> buckets;
  private final Function<DatasetReference, Optional<DatasetVersion>> datasets;
  private final Violations violations;

  SourceRules(
      Tenant tenant,
      Set<String> buckets,
      Function<DatasetReference, Optional<DatasetVersion>> datasets,
      Violations violations) {
    this.tenant = tenant;
    this.buckets = Set.copyOf(buckets);
    this.datasets = datasets;
    this.violations = violations;
  }

  /** The table; null after a fault. */
  @Nullable SourceTable check(JobRequest request) {
    if (request.dataset().isPresent() == request.features().isPresent()) {
      violations.add(
          request.dataset().isPresent() ? "features" : "dataset",
          "exactly one of dataset and features is needed");
      return null;
    }
    if (request.dataset().isPresent()) {
      return table("dataset.source", request.dataset().get().source(), Optional.empty());
    }
    JobRequest.Features asked = request.features().orElseThrow();
    TrainingSpecification.Join join = join(asked);
    SourceTable table = table("features.entity_source", asked.entitySource(), Optional.of(join));
    if (table != null) {
      checkNames(join.features().orElse(List.of()), table);
    }
    return table;
  }

  private TrainingSpecification.Join join(JobRequest.Features asked) {
    if (asked.features().isPresent() == asked.featureService().isPresent()) {
      violations.add(
          "features.features",
          "exactly one of features.features and features.feature_service is needed");
    }
    asked
        .featureService()
        .filter(service -> !SERVICE.matcher(service).matches())
        .ifPresent(
            _ ->
                violations.add(
                    "features.feature_service", "must be the name of a feature service"));
    List<String> references = asked.features().orElse(List.of());
    if (asked.features().isPresent() && (references.isEmpty() || references.size() > 500)) {
      violations.add("features.features", "must name 1 to 500 features");
    }
    for (int i = 0; i < references.size(); i++) {
      if (!FEATURE.matcher(String.valueOf(references.get(i))).matches()) {
        violations.add("features.features[" + i + "]", "must look like view:feature");
      }
    }
    if (new HashSet<>(references).size() < references.size()) {
      violations.add("features.features", "names a feature twice");
    }
    return new TrainingSpecification.Join(
        asked.timestampColumn().orElse(""), asked.features(), asked.featureService());
  }

  /** Joined features become columns of one table: no two may have the same name. */
  private void checkNames(List<String> references, SourceTable table) {
    Map<String, String> taken = new HashMap<>();
    for (int i = 0; i < references.size(); i++) {
      String reference = String.valueOf(references.get(i));
      String field = "features.features[" + i + "]";
      String name = featureName(reference);
      String other = taken.putIfAbsent(name, reference);
      if (other != null && !other.equals(reference)) {
        violations.add(field, "'%s' has the same name as '%s'".formatted(reference, other));
      } else if (table.column(name).isPresent()) {
        violations.add(
            field, "'%s' is also a column of %s".formatted(name, table.source().reference()));
      }
    }
  }

  /** What the column of a joined feature is called. */
  static String featureName(String reference) {
    return reference.substring(reference.indexOf(':') + 1);
  }

  private @Nullable SourceTable table(
      String field, Optional<String> source, Optional<TrainingSpecification.Join> join) {
    if (source.isEmpty() || source.get().isBlank()) {
      violations.add(field, "is required");
      return null;
    }
    String text = source.get();
    return text.startsWith(DatasetReference.PREFIX)
        ? uploaded(field, text, join)
        : stored(field, text, join);
  }

  private @Nullable SourceTable uploaded(
      String field, String text, Optional<TrainingSpecification.Join> join) {
    Optional<DatasetReference> reference = DatasetReference.parse(text);
    if (reference.isEmpty()) {
      violations.add(field, "must look like dataset:name or dataset:name@sha256:digest");
      return null;
    }
    Optional<DatasetVersion> version = datasets.apply(reference.get());
    if (version.isEmpty()) {
      violations.add(
          field, "there is no such data set; upload it to /api/v1/ml/training/datasets/{name}");
      return null;
    }
    return new SourceTable(
        new JobSpecification.Source(
            version.get().reference().toString(),
            version.get().uri(),
            Optional.of(version.get().digest())),
        version,
        join);
  }

  private @Nullable SourceTable stored(
      String field, String text, Optional<TrainingSpecification.Join> join) {
    String own =
        "must be dataset:name or s3://%s/%s/…".formatted(buckets.iterator().next(), tenant);
    try {
      S3Uri uri = S3Uri.of(text);
      if (!buckets.contains(uri.bucket()) || !uri.belongsTo(tenant) || uri.key().endsWith("/")) {
        violations.add(field, own);
        return null;
      }
      return new SourceTable(
          new JobSpecification.Source(uri.toString(), uri, Optional.empty()),
          Optional.empty(),
          join);
    } catch (IllegalArgumentException _) {
      violations.add(field, own);
      return null;
    }
  }
}
