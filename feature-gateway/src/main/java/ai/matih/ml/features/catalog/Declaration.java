package ai.matih.ml.features.catalog;

import ai.matih.ml.features.definition.FeatureType;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a person declares about one thing; the four kinds of documents of the catalogue. */
public sealed interface Declaration {

  Kind kind();

  /** The kinds, in the order in which they depend on each other. */
  enum Kind {
    ENTITY("entities"),
    SOURCE("sources"),
    VIEW("views"),
    SERVICE("services");

    private final String plural;

    Kind(String plural) {
      this.plural = plural;
    }

    /** As in paths and in the Feast server's documents. */
    public String plural() {
      return plural;
    }
  }

  /** A join key with its type. */
  record EntityDocument(
      @NotBlank @Size(max = 63) String joinKey,
      @NotNull FeatureType type,
      Optional<@Size(max = 4096) String> description,
      Optional<@Size(max = 256) String> owner,
      Optional<Map<@Size(max = 256) String, @NotNull @Size(max = 4096) String>> tags)
      implements Declaration {
    @Override
    public Kind kind() {
      return Kind.ENTITY;
    }
  }

  /**
   * A Parquet file or folder of the tenant.
   *
   * @param uri of the file, or in a request {@code dataset:name} or {@code
   *     dataset:name@sha256:digest}
   * @param fieldMapping column in the file to name in views, for those that differ
   * @param dataset the version that was named instead of a file; a new upload is followed when the
   *     source is declared again
   */
  record SourceDocument(
      @NotBlank @Size(max = 2048) String uri,
      @NotBlank @Size(max = 256) String timestampColumn,
      Optional<@Size(min = 1, max = 256) String> createdTimestampColumn,
      Optional<Map<@Size(max = 256) String, @NotNull @Size(max = 63) String>> fieldMapping,
      Optional<@Size(max = 4096) String> description,
      Optional<@Size(max = 256) String> owner,
      Optional<Map<@Size(max = 256) String, @NotNull @Size(max = 4096) String>> tags,
      @Schema(accessMode = Schema.AccessMode.READ_ONLY) Optional<String> dataset)
      implements Declaration {

    /** The same at the place of a data set's version. */
    SourceDocument at(Datasets.Version version) {
      return new SourceDocument(
          version.uri(),
          timestampColumn,
          createdTimestampColumn,
          fieldMapping,
          description,
          owner,
          tags,
          Optional.of(version.reference()));
    }

    @Override
    public Kind kind() {
      return Kind.SOURCE;
    }
  }

  /**
   * A group of features from one source about the same entities.
   *
   * @param ttl how old a value may be; absent means any age
   * @param push whether rows may also be pushed
   */
  record ViewDocument(
      @NotBlank @Size(max = 63) String source,
      @NotNull @Size(max = 16) List<@NotBlank @Size(max = 63) String> entities,
      @NotEmpty @Size(max = 2000) List<@NotNull @Valid FeatureDocument> features,
      Optional<Duration> ttl,
      Optional<Boolean> online,
      Optional<Boolean> push,
      Optional<@Size(max = 4096) String> description,
      Optional<@Size(max = 256) String> owner,
      Optional<Map<@Size(max = 256) String, @NotNull @Size(max = 4096) String>> tags)
      implements Declaration {
    @Override
    public Kind kind() {
      return Kind.VIEW;
    }
  }

  record FeatureDocument(
      @NotBlank @Size(max = 63) String name,
      @NotNull FeatureType type,
      Optional<@Size(max = 4096) String> description,
      Optional<Map<@Size(max = 256) String, @NotNull @Size(max = 4096) String>> tags) {}

  /** A named list of references. */
  record ServiceDocument(
      @NotEmpty @Size(max = 5000) List<@NotBlank @Size(max = 127) String> features,
      Optional<@Size(max = 4096) String> description,
      Optional<@Size(max = 256) String> owner,
      Optional<Map<@Size(max = 256) String, @NotNull @Size(max = 4096) String>> tags)
      implements Declaration {
    @Override
    public Kind kind() {
      return Kind.SERVICE;
    }
  }
}
