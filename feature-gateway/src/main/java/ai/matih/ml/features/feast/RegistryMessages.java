package ai.matih.ml.features.feast;

import ai.matih.ml.features.definition.EntityDefinition;
import ai.matih.ml.features.definition.Feature;
import ai.matih.ml.features.definition.FeatureType;
import ai.matih.ml.features.definition.Labels;
import ai.matih.ml.features.definition.ServiceDefinition;
import ai.matih.ml.features.definition.SourceDefinition;
import ai.matih.ml.features.definition.ViewDefinition;
import ai.matih.ml.features.definition.ViewDefinition.JoinKey;
import ai.matih.ml.features.definition.ViewDefinition.Kind;
import ai.matih.ml.features.feast.wire.DataSource;
import ai.matih.ml.features.feast.wire.Entity;
import ai.matih.ml.features.feast.wire.FeatureService;
import ai.matih.ml.features.feast.wire.FeatureServiceSpec;
import ai.matih.ml.features.feast.wire.FeatureSpecV2;
import ai.matih.ml.features.feast.wire.FeatureView;
import ai.matih.ml.features.feast.wire.FeatureViewMeta;
import ai.matih.ml.features.feast.wire.FeatureViewProjection;
import ai.matih.ml.features.feast.wire.FeatureViewSpec;
import ai.matih.ml.features.feast.wire.OnDemandFeatureView;
import ai.matih.ml.features.feast.wire.OnDemandFeatureViewSpec;
import ai.matih.ml.features.feast.wire.StreamFeatureView;
import ai.matih.ml.features.feast.wire.StreamFeatureViewSpec;
import ai.matih.ml.features.feast.wire.ValueType;
import com.google.protobuf.Duration;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Timestamp;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Turns the messages in Feast's registry rows into definitions. */
final class RegistryMessages {

  private RegistryMessages() {}

  static EntityDefinition entity(byte[] message) throws InvalidProtocolBufferException {
    var spec = Entity.parseFrom(message).getSpec();
    String joinKey = spec.getJoinKey().isEmpty() ? spec.getName() : spec.getJoinKey();
    return new EntityDefinition(
        spec.getName(),
        joinKey,
        type(spec.getValueType()),
        new Labels(spec.getDescription(), spec.getOwner(), spec.getTagsMap()));
  }

  static SourceDefinition source(byte[] message) throws InvalidProtocolBufferException {
    return source(DataSource.parseFrom(message));
  }

  static ViewDefinition view(byte[] message) throws InvalidProtocolBufferException {
    FeatureView view = FeatureView.parseFrom(message);
    return view(Kind.BATCH, view.getSpec(), view.getMeta());
  }

  static ViewDefinition streamView(byte[] message) throws InvalidProtocolBufferException {
    StreamFeatureView view = StreamFeatureView.parseFrom(message);
    StreamFeatureViewSpec stream = view.getSpec();
    FeatureViewSpec.Builder spec =
        FeatureViewSpec.newBuilder()
            .setName(stream.getName())
            .addAllEntities(stream.getEntitiesList())
            .addAllFeatures(stream.getFeaturesList())
            .addAllEntityColumns(stream.getEntityColumnsList())
            .setTtl(stream.getTtl())
            .setOnline(stream.getOnline())
            .setDescription(stream.getDescription())
            .setOwner(stream.getOwner())
            .putAllTags(stream.getTagsMap());
    if (stream.hasBatchSource()) {
      spec.setBatchSource(stream.getBatchSource());
    }
    if (stream.hasStreamSource()) {
      spec.setStreamSource(stream.getStreamSource());
    }
    return view(Kind.STREAM, spec.build(), view.getMeta());
  }

  private static ViewDefinition view(Kind kind, FeatureViewSpec spec, FeatureViewMeta meta) {
    return new ViewDefinition(
        spec.getName(),
        kind,
        spec.hasBatchSource() ? Optional.of(source(spec.getBatchSource())) : Optional.empty(),
        entities(spec.getEntitiesList()),
        joinKeys(spec.getEntityColumnsList()),
        features(spec.getFeaturesList()),
        duration(spec.getTtl()),
        spec.getOnline(),
        pushSource(spec.hasStreamSource(), spec.getStreamSource()),
        new Labels(spec.getDescription(), spec.getOwner(), spec.getTagsMap()),
        instant(meta.hasLastUpdatedTimestamp(), meta.getLastUpdatedTimestamp()),
        materializedUntil(meta));
  }

  static ViewDefinition onDemandView(byte[] message) throws InvalidProtocolBufferException {
    OnDemandFeatureView view = OnDemandFeatureView.parseFrom(message);
    OnDemandFeatureViewSpec spec = view.getSpec();
    return new ViewDefinition(
        spec.getName(),
        Kind.ON_DEMAND,
        Optional.empty(),
        List.of(),
        List.of(),
        features(spec.getFeaturesList()),
        java.time.Duration.ZERO,
        false,
        Optional.empty(),
        new Labels(spec.getDescription(), spec.getOwner(), spec.getTagsMap()),
        instant(view.getMeta().hasLastUpdatedTimestamp(), view.getMeta().getLastUpdatedTimestamp()),
        Optional.empty());
  }

  static ServiceDefinition service(byte[] message) throws InvalidProtocolBufferException {
    FeatureService service = FeatureService.parseFrom(message);
    FeatureServiceSpec spec = service.getSpec();
    return new ServiceDefinition(
        spec.getName(),
        spec.getFeaturesList().stream().map(RegistryMessages::projection).toList(),
        new Labels(spec.getDescription(), spec.getOwner(), spec.getTagsMap()),
        instant(
            service.getMeta().hasLastUpdatedTimestamp(),
            service.getMeta().getLastUpdatedTimestamp()));
  }

  private static ServiceDefinition.Projection projection(FeatureViewProjection message) {
    String alias = message.getFeatureViewNameAlias();
    return new ServiceDefinition.Projection(
        message.getFeatureViewName(),
        alias.isEmpty() || alias.equals(message.getFeatureViewName())
            ? Optional.empty()
            : Optional.of(alias),
        message.getFeatureColumnsList().stream().map(FeatureSpecV2::getName).toList(),
        message.getJoinKeyMapMap());
  }

  private static SourceDefinition source(DataSource message) {
    if (message.getType() == DataSource.SourceType.PUSH_SOURCE && message.hasBatchSource()) {
      return source(message.getBatchSource());
    }
    String created = message.getCreatedTimestampColumn();
    return new SourceDefinition(
        message.getName(),
        message.hasFileOptions()
            ? Optional.of(message.getFileOptions().getUri())
            : Optional.empty(),
        message.getTimestampField(),
        created.isEmpty() ? Optional.empty() : Optional.of(created),
        message.getFieldMappingMap(),
        new Labels(message.getDescription(), message.getOwner(), message.getTagsMap()));
  }

  private static Optional<String> pushSource(boolean present, DataSource stream) {
    return present && stream.getType() == DataSource.SourceType.PUSH_SOURCE
        ? Optional.of(stream.getName())
        : Optional.empty();
  }

  private static List<String> entities(List<String> names) {
    return names.stream().filter(name -> !name.equals(EntityDefinition.NOTHING)).toList();
  }

  private static List<JoinKey> joinKeys(List<FeatureSpecV2> columns) {
    return columns.stream()
        .filter(column -> !column.getName().equals(EntityDefinition.NOTHING_KEY))
        .map(column -> new JoinKey(column.getName(), type(column.getValueType())))
        .toList();
  }

  private static List<Feature> features(List<FeatureSpecV2> specs) {
    return specs.stream()
        .map(
            f ->
                new Feature(
                    f.getName(), type(f.getValueType()), f.getDescription(), f.getTagsMap()))
        .toList();
  }

  /** A type that a newer Feast invented is shown as invalid rather than failing the catalogue. */
  private static FeatureType type(ValueType.Enum wire) {
    return FeatureType.ofWire(wire.name().toLowerCase(java.util.Locale.ROOT))
        .orElse(FeatureType.INVALID);
  }

  private static java.time.Duration duration(Duration ttl) {
    return java.time.Duration.ofSeconds(ttl.getSeconds(), ttl.getNanos());
  }

  private static Optional<Instant> instant(boolean present, Timestamp at) {
    return present
        ? Optional.of(Instant.ofEpochSecond(at.getSeconds(), at.getNanos()))
        : Optional.empty();
  }

  private static Optional<Instant> materializedUntil(FeatureViewMeta meta) {
    return meta.getMaterializationIntervalsList().stream()
        .flatMap(interval -> instant(interval.hasEndTime(), interval.getEndTime()).stream())
        .max(Comparator.naturalOrder());
  }
}
