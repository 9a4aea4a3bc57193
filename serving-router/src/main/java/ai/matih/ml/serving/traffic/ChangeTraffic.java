package ai.matih.ml.serving.traffic;

import ai.matih.ml.common.problem.CommonError;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.transaction.Transactions;
import ai.matih.ml.serving.ModelId;
import ai.matih.ml.serving.ServingError;
import ai.matih.ml.serving.Stage;
import ai.matih.ml.serving.traffic.TrafficDocument.Cause;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Replaces a model's split by another. The registry is asked first, outside any transaction; then,
 * under the model's lock, the revision must still be the caller's and every target ready.
 */
public final class ChangeTraffic {

  /** A wanted share; without a variant the version keeps its name or gets one by its size. */
  public record Wanted(long version, Optional<String> variant, Weight weight) {}

  private final TrafficDocuments documents;
  private final Targets targets;
  private final Stages stages;
  private final StageRule rule;
  private final Transactions transactions;

  public ChangeTraffic(
      TrafficDocuments documents,
      Targets targets,
      Stages stages,
      StageRule rule,
      Transactions transactions) {
    this.documents = documents;
    this.targets = targets;
    this.stages = stages;
    this.rule = rule;
    this.transactions = transactions;
  }

  /** Publishes the wanted shares as the revision after {@code expected}. */
  public TrafficDocument to(
      ModelId model, List<Wanted> wanted, long expected, Optional<String> reason, String by) {
    refuseUnknownModel(model);
    Map<Long, Stage> stagesNow = new HashMap<>();
    for (Wanted share : wanted) {
      if (share.weight().bps() > 0) {
        stagesNow.computeIfAbsent(share.version(), version -> stages.now(model, version));
      }
    }
    return transactions.call(
        () -> {
          TrafficDocument before = documents.lock(model);
          if (before.revision() != expected) {
            throw new Problem(
                    CommonError.STALE_REVISION,
                    "The traffic is at revision %d now.".formatted(before.revision()))
                .with("revision", before.revision());
          }
          Split split = refusable(() -> before.split().reshared(shares(model, before, wanted)));
          rule.objection(split, stagesNow)
              .ifPresent(
                  objection -> {
                    throw new Problem(ServingError.STAGE_FORBIDS, objection);
                  });
          return documents.publish(before, new TrafficChange(split, Cause.CHANGED, reason, by));
        });
  }

  private void refuseUnknownModel(ModelId model) {
    if (documents.current(model).isEmpty()) {
      throw TrafficProblems.notServed(model);
    }
  }

  private List<Share> shares(ModelId model, TrafficDocument before, List<Wanted> wanted) {
    Map<Long, DeployedTarget> deployed = new HashMap<>();
    targets.of(model).forEach(target -> deployed.put(target.version(), target));
    Set<String> taken = new HashSet<>();
    wanted.forEach(share -> share.variant().ifPresent(taken::add));
    long largest = largest(wanted);
    return wanted.stream()
        .map(
            share -> {
              DeployedTarget target = deployed.get(share.version());
              if (target == null || !target.ready()) {
                throw TrafficProblems.notReady(share.version());
              }
              String variant =
                  share.variant().orElseGet(() -> variant(before, share.version(), largest, taken));
              return new Share(share.version(), target.deploymentId(), variant, share.weight());
            })
        .toList();
  }

  private static String variant(
      TrafficDocument before, long version, long largest, Set<String> taken) {
    @Nullable String known = before.split().target(version).map(Target::variant).orElse(null);
    if (known != null && taken.add(known)) {
      return known;
    }
    if (version == largest && taken.add(Target.STABLE)) {
      return Target.STABLE;
    }
    String fallback = "v" + version;
    taken.add(fallback);
    return fallback;
  }

  private static long largest(List<Wanted> wanted) {
    return wanted.stream()
        .max((a, b) -> Integer.compare(a.weight().bps(), b.weight().bps()))
        .map(Wanted::version)
        .orElse(0L);
  }

  private static Split refusable(Supplier<Split> split) {
    try {
      return split.get();
    } catch (IllegalArgumentException e) {
      throw Problem.invalid("targets", String.valueOf(e.getMessage()));
    }
  }
}
