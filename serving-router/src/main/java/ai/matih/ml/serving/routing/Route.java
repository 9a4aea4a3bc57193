package ai.matih.ml.serving.routing;

import ai.matih.ml.serving.Stage;
import ai.matih.ml.serving.traffic.Assignment;
import ai.matih.ml.serving.traffic.Split;
import ai.matih.ml.serving.traffic.Target;
import ai.matih.ml.serving.traffic.TestArm;
import ai.matih.ml.serving.traffic.TrafficDocument;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** How one model's requests are answered at one revision of its traffic. Immutable. */
final class Route {

  private final @Nullable TrafficDocument traffic;
  private final List<Target> weighted;
  private final @Nullable Assignment assignment;
  private final List<@Nullable TestArm> arms;
  private final List<ServedVersion> targets;
  private final Map<Long, ServedVersion> versions;
  private final Map<Long, AcceptedInputs> inputs;

  /**
   * @param traffic absent while no traffic was ever published
   * @param targets who answers for the document's targets with weight, in their order
   * @param versions everything that a pinned call may reach
   */
  Route(
      @Nullable TrafficDocument traffic,
      List<ServedVersion> targets,
      Map<Long, ServedVersion> versions) {
    this.traffic = traffic;
    this.targets = List.copyOf(targets);
    this.versions = Map.copyOf(versions);
    this.weighted = traffic == null ? List.of() : weighted(traffic);
    this.arms = arms(traffic, weighted);
    this.inputs =
        Stream.concat(targets.stream(), versions.values().stream())
            .distinct()
            .collect(
                Collectors.toUnmodifiableMap(
                    ServedVersion::version, served -> AcceptedInputs.of(served, targets)));
    this.assignment =
        traffic == null || weighted.isEmpty()
            ? null
            : new Assignment(traffic.salt(), new Split(weighted));
  }

  /** Made once per route, so that a request makes none. */
  private static List<@Nullable TestArm> arms(
      @Nullable TrafficDocument traffic, List<Target> weighted) {
    List<@Nullable TestArm> arms = new ArrayList<>();
    for (Target target : weighted) {
      arms.add(
          traffic == null || traffic.test().isEmpty()
              ? null
              : new TestArm(
                  traffic.test().get(),
                  traffic.salt(),
                  target.variant().equals(TestArm.CHALLENGER)));
    }
    return arms;
  }

  /** The targets that get traffic at all. */
  static List<Target> weighted(TrafficDocument traffic) {
    return traffic.split().targets().stream().filter(t -> t.weight().bps() > 0).toList();
  }

  @Nullable Assignment assignment() {
    return assignment;
  }

  ServedVersion target(int index) {
    return targets.get(index);
  }

  String variant(int index) {
    return weighted.get(index).variant();
  }

  @Nullable TestArm arm(int index) {
    return arms.get(index);
  }

  /** What a version that is served here makes of the names in a request. */
  AcceptedInputs inputs(ServedVersion served) {
    return Objects.requireNonNull(inputs.get(served.version()));
  }

  Optional<ServedVersion> version(long version) {
    return Optional.ofNullable(versions.get(version));
  }

  /** The versions that a call may name, in order. */
  List<Long> versionsToName() {
    return versions.values().stream()
        .filter(served -> served.stage() != Stage.ARCHIVED)
        .map(ServedVersion::version)
        .sorted()
        .toList();
  }

  /** The place of the target with the largest weight. */
  int largest() {
    int largest = 0;
    for (int i = 1; i < weighted.size(); i++) {
      if (weighted.get(i).weight().bps() > weighted.get(largest).weight().bps()) {
        largest = i;
      }
    }
    return largest;
  }

  @Nullable TrafficDocument traffic() {
    return traffic;
  }

  long revision() {
    return traffic == null ? 0 : traffic.revision();
  }

  /** Whether requests that chose by the other one would choose the same here. */
  boolean sameAs(@Nullable Route other) {
    return other != null
        && Objects.equals(traffic, other.traffic)
        && targets.equals(other.targets)
        && versions.equals(other.versions);
  }

  /** Whether everything it points to is still open to requests. */
  boolean isOpen() {
    return targets.stream().noneMatch(target -> target.live().isRetired())
        && versions.values().stream().noneMatch(served -> served.live().isRetired());
  }
}
