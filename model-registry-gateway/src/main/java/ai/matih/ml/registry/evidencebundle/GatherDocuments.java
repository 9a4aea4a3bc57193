package ai.matih.ml.registry.evidencebundle;

import ai.matih.ml.common.audit.Audit;
import ai.matih.ml.common.audit.AuditRow;
import ai.matih.ml.common.tenant.TenantScope;
import ai.matih.ml.registry.emergency.Overrides;
import ai.matih.ml.registry.evidence.Evidence;
import ai.matih.ml.registry.evidence.EvidenceLog;
import ai.matih.ml.registry.model.FindModel;
import ai.matih.ml.registry.model.ModelVersion;
import ai.matih.ml.registry.model.PolicyRevision;
import ai.matih.ml.registry.model.Stage;
import ai.matih.ml.registry.model.Versions;
import ai.matih.ml.registry.promotion.ApprovalBasis;
import ai.matih.ml.registry.promotion.Gate;
import ai.matih.ml.registry.promotion.StageHistory;
import ai.matih.ml.registry.promotion.StagePeriod;
import ai.matih.ml.registry.promotion.Transition;
import ai.matih.ml.registry.promotion.Transition.Ended;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Gathers the documents of a bundle in the caller's transaction, which holds the model's lock. */
public final class GatherDocuments {

  private final FindModel find;
  private final Versions versions;
  private final Overrides overrides;
  private final EvidenceLog evidence;
  private final StageHistory history;
  private final Audit audit;
  private final BundleSettings settings;

  public GatherDocuments(
      FindModel find,
      Versions versions,
      Overrides overrides,
      EvidenceLog evidence,
      StageHistory history,
      Audit audit,
      BundleSettings settings) {
    this.find = find;
    this.versions = versions;
    this.overrides = overrides;
    this.evidence = evidence;
    this.history = history;
    this.audit = audit;
    this.settings = settings;
  }

  /** What the database says; the reports themselves are elsewhere. */
  record Gathered(Map<String, Object> about, Map<String, byte[]> documents, RawReports reports) {}

  Gathered gather(Transition transition) {
    ModelVersion version = find.version(transition.model(), transition.version().value());
    PolicyRevision policy = find.policy(transition.model(), transition.policyRevision());
    List<Evidence> known = known(transition, version);
    Optional<AuditPart> part =
        AuditPart.read(
            audit,
            transition,
            version.path(),
            known.stream().map(one -> version.path() + "/evidence/" + one.id()).toList(),
            settings.maxAuditSpan());

    Map<String, byte[]> documents = new LinkedHashMap<>();
    documents.put("README.txt", SealedArchive.text(DocumentFiles.README));
    documents.put("transition.json", CanonicalJson.write(DocumentFiles.transition(transition)));
    documents.put("policy.json", CanonicalJson.write(DocumentFiles.policy(policy)));
    documents.put("version.json", CanonicalJson.write(DocumentFiles.version(version)));
    int number = 0;
    for (Evidence one : known) {
      documents.put(
          "evidence/%04d-%s.json".formatted(++number, one.kind()),
          CanonicalJson.write(DocumentFiles.evidence(one)));
    }
    List<Evidence> all = new ArrayList<>(known);
    Optional<ModelVersion> production = production(transition);
    if (production.isPresent()) {
      List<Evidence> cited = citedOf(production.get(), transition, policy, known);
      documents.putAll(comparedWith(production.get(), cited));
      all.addAll(cited);
    }
    documents.put(
        "approvals.json",
        CanonicalJson.write(transition.approvals().stream().map(DocumentFiles::approval).toList()));
    overrides
        .ofTransition(transition.id())
        .ifPresent(
            made ->
                documents.put("override.json", CanonicalJson.write(DocumentFiles.override(made))));
    documents.put(
        "stages.json",
        CanonicalJson.write(stages(transition).map(DocumentFiles::stagePeriod).toList()));
    documents.put("basis/policy.txt", SealedArchive.text(ApprovalBasis.policyText(policy)));
    documents.put("basis/evidence.txt", SealedArchive.text(ApprovalBasis.evidenceText(known)));
    part.ifPresent(
        rows -> {
          documents.put("audit/rows.json", CanonicalJson.write(rows.shown()));
          documents.put("audit/chain.txt", SealedArchive.text(rows.chainText()));
        });
    return new Gathered(
        about(transition, part),
        documents,
        RawReports.of(all, cited(transition), settings.maxReportBytes()));
  }

  private static Map<String, Object> about(Transition transition, Optional<AuditPart> part) {
    Map<String, Object> about = new LinkedHashMap<>();
    about.put("tenant", TenantScope.require().slug());
    about.put("model_id", transition.model());
    about.put("version", transition.version());
    about.put("transition_id", transition.id());
    about.put("status", transition.state());
    part.ifPresent(
        rows ->
            about.put(
                "audit",
                Map.of(
                    "first_seq", rows.firstSeq(),
                    "last_seq", rows.firstSeq() + rows.contentHashes().size() - 1,
                    "last_hash", rows.lastHash())));
    return about;
  }

  /**
   * The evidence that the decision knew. The order of the audit tells it, since a report may carry
   * an earlier time than the end and have been recorded after it.
   */
  private List<Evidence> known(Transition transition, ModelVersion version) {
    List<Evidence> all = evidence.of(version.model(), version.number());
    if (transition.ended().isEmpty()) {
      return all;
    }
    Map<String, Evidence> byPath = new LinkedHashMap<>();
    all.forEach(one -> byPath.put(version.path() + "/evidence/" + one.id(), one));
    List<String> targets = new ArrayList<>(byPath.keySet());
    targets.add(transition.path());
    Instant end = transition.ended().get().at();
    List<Evidence> late = new ArrayList<>();
    boolean ended = false;
    for (AuditRow row : audit.about(targets)) {
      Evidence recorded = byPath.get(row.target());
      if (recorded == null) {
        ended |= AuditPart.isEnd(row, transition);
      } else if (ended) {
        late.add(recorded);
      }
    }
    boolean audited = ended;
    return all.stream()
        .filter(one -> audited ? !late.contains(one) : !one.recordedAt().isAfter(end))
        .toList();
  }

  /** The version that Production meant then, where it was another one. */
  private Optional<ModelVersion> production(Transition transition) {
    // The end itself may have made another version Production.
    Instant then =
        transition.ended().map(Ended::at).map(at -> at.minusNanos(1_000)).orElse(Instant.MAX);
    return (transition.ended().isPresent()
            ? history.at(transition.model(), then).stream()
                .filter(period -> period.stage() == Stage.PRODUCTION && !period.superseded())
                .findFirst()
                .map(period -> find.version(period.model(), period.version().value()))
            : versions.currentProduction(transition.model()))
        .filter(version -> !version.number().equals(transition.version()));
  }

  private static Set<UUID> cited(Transition transition) {
    return transition.conditions().stream()
        .flatMap(condition -> condition.evidence().stream())
        .collect(Collectors.toSet());
  }

  /**
   * Those reports of the version in Production that conditions rest on, and with whose numbers an
   * evaluation that came after an approval is compared.
   */
  private List<Evidence> citedOf(
      ModelVersion production, Transition transition, PolicyRevision policy, List<Evidence> known) {
    Set<UUID> cited = cited(transition);
    known.forEach(one -> cited.remove(one.id()));
    Instant end = transition.ended().map(Ended::at).orElse(Instant.MAX);
    return evidence.of(production.model(), production.number()).stream()
        .filter(
            one ->
                cited.contains(one.id())
                    || (Gate.move(transition).needsApproval()
                        && policy.policy().comparesWithProduction()
                        && one.kind().equals(Evidence.PLATFORM_EVALUATION)
                        && !one.recordedAt().isAfter(end)))
        .toList();
  }

  private static Map<String, byte[]> comparedWith(ModelVersion production, List<Evidence> cited) {
    Map<String, byte[]> documents = new LinkedHashMap<>();
    documents.put(
        "production/version.json", CanonicalJson.write(DocumentFiles.version(production)));
    for (Evidence one : cited) {
      documents.put(
          "production/%04d-%s.json".formatted(documents.size(), one.kind()),
          CanonicalJson.write(DocumentFiles.evidence(one)));
    }
    return documents;
  }

  private Stream<StagePeriod> stages(Transition transition) {
    List<StagePeriod> own = history.of(transition.model(), transition.version());
    List<StagePeriod> caused = history.begunBy(transition.model(), transition.id());
    Instant end =
        Stream.concat(
                transition.ended().map(Ended::at).stream(), caused.stream().map(StagePeriod::from))
            .max(Comparator.naturalOrder())
            .orElse(Instant.MAX);
    return Stream.concat(own.stream(), caused.stream())
        .flatMap(period -> DocumentFiles.asOf(period, end).stream())
        .distinct()
        .sorted(
            Comparator.comparing(StagePeriod::from)
                .thenComparingInt(period -> period.version().value()));
  }
}
