package ai.matih.ml.registry.evidencebundle;

import ai.matih.ml.registry.emergency.OverrideRecord;
import ai.matih.ml.registry.evidence.Evidence;
import ai.matih.ml.registry.model.ModelVersion;
import ai.matih.ml.registry.model.PolicyRevision;
import ai.matih.ml.registry.promotion.Approval;
import ai.matih.ml.registry.promotion.ApprovalBasis;
import ai.matih.ml.registry.promotion.StagePeriod;
import ai.matih.ml.registry.promotion.Transition;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The documents of a bundle as they are written; their form is fixed by the archive's format. */
final class DocumentFiles {

  static final String README =
      """
      This archive holds what one decision about a model's stage rested on.

      transition.json      what was asked for, every condition with its reason, how it ended
      policy.json          the revision of the policy that was applied
      version.json         the model's files with their digests, signature, lineage
      evidence/            what every report about these files says that the decision knew
      production/          the version that Production meant then, and its reports that counted
      reports/             the reports themselves as they came, by the digest that evidence names
      approvals.json       who agreed to what, also agreements that became void
      override.json        who broke the glass, why, and who agreed afterwards; only where somebody did
      stages.json          which stage the version was in from when to when
      audit/rows.json      the rows of the audit chain about it
      audit/chain.txt      proves the place of these rows in the chain: one content hash per row, shown or not
      basis/               the very texts whose digests an approval binds to
      manifest.json        digest of every file, chained; manifest.sig signs it

      Verify it on a machine that has nothing else:
        ./ml verify-bundle FILE --key JWKS-FILE
      """;

  private DocumentFiles() {}

  static Map<String, Object> transition(Transition transition) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("id", transition.id());
    document.put("model_id", transition.model());
    document.put("version", transition.version());
    document.put("from_stage", transition.from());
    document.put("target_stage", transition.to());
    if (transition.retiresModel()) {
      document.put("retires_model", true);
    }
    document.put("status", transition.state());
    document.put("requested_by", transition.requester().principal());
    document.put("requester_is_admin", transition.requester().admin());
    document.put("reason", transition.reason());
    document.put("policy_revision", transition.policyRevision());
    document.put("requested_at", transition.requestedAt());
    document.put("expires_at", transition.expiresAt());
    document.put("ended", transition.ended());
    document.put("conditions", transition.conditions());
    return document;
  }

  static Map<String, Object> policy(PolicyRevision policy) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("model_id", policy.model());
    document.put("revision", policy.revision());
    document.put("changed_by", policy.changedBy());
    document.put("changed_at", policy.changedAt());
    // As it is digested, not as the API writes it.
    String text = ApprovalBasis.policyText(policy);
    document.put("document", CanonicalJson.parse(text.substring(text.indexOf(' ') + 1)));
    return document;
  }

  /** What a version is; where it stands now is no part of a decision of then. */
  static Map<String, Object> version(ModelVersion version) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("model_id", version.model());
    document.put("version", version.number());
    document.put("semantic_version", version.semanticVersion());
    document.put("description", version.description());
    document.put("digest", version.bundle().digest());
    document.put("files", version.bundle().sortedFiles());
    document.put("signature", version.signature());
    document.put("evaluation", version.evaluation());
    document.put("provenance", version.provenance());
    document.put("provenance_reason", version.provenanceReason());
    document.put("lineage", version.lineage());
    document.put("run_id", version.run());
    document.put("experiment_id", version.experimentId());
    document.put("job_id", version.job());
    document.put("trained_by", version.trainedBy());
    document.put("registered_by", version.registeredBy());
    document.put("created_at", version.createdAt());
    return document;
  }

  static Map<String, Object> evidence(Evidence evidence) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("id", evidence.id());
    document.put("model_id", evidence.model());
    document.put("version", evidence.version());
    document.put("kind", evidence.kind());
    document.put("source", evidence.source());
    document.put("format", evidence.format());
    document.put("outcome", evidence.outcome());
    Map<String, Integer> tests = new LinkedHashMap<>();
    tests.put("passed", evidence.counts().passed());
    tests.put("failed", evidence.counts().failed());
    tests.put("errors", evidence.counts().errors());
    tests.put("skipped", evidence.counts().skipped());
    document.put("tests", tests);
    document.put("checks", evidence.checks());
    document.put("artifact_digest", evidence.artifact());
    document.put("report_digest", evidence.report());
    document.put("report_bytes", evidence.reportBytes());
    document.put("note", evidence.note());
    document.put("recorded_by", evidence.recordedBy());
    document.put("recorded_at", evidence.recordedAt());
    return document;
  }

  static Map<String, Object> approval(Approval approval) {
    Map<String, Object> basis = new LinkedHashMap<>();
    basis.put("artifact", approval.basis().artifact());
    basis.put("policy", approval.basis().policy());
    basis.put("evidence", approval.basis().evidence());
    basis.put("digest", approval.basis().digest());
    basis.put("reports", approval.basis().reports());
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("id", approval.id());
    document.put("approver", approval.approver());
    document.put("key_made_by", approval.keyMadeBy());
    document.put("comment", approval.comment());
    document.put("approved_at", approval.at());
    document.put("basis", basis);
    document.put("voided", approval.voided());
    return document;
  }

  static Map<String, Object> override(OverrideRecord override) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("id", override.id());
    document.put("transition_id", override.transition());
    document.put("by", override.by());
    document.put("reason", override.reason());
    document.put("skipped", override.skipped());
    document.put("at", override.at());
    document.put("confirm_by", override.confirmBy());
    document.put("state", override.state());
    document.put("settled", override.settled());
    document.put("undo", override.undo());
    return document;
  }

  static Map<String, Object> stagePeriod(StagePeriod period) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("version", period.version());
    document.put("stage", period.stage());
    document.put("superseded", period.superseded());
    document.put("from", period.from());
    document.put("until", period.until());
    document.put("transition_id", period.transition());
    document.put("by", period.actor());
    document.put("reason", period.reason());
    return document;
  }

  static Optional<StagePeriod> asOf(StagePeriod period, java.time.Instant end) {
    return period.from().isAfter(end)
        ? Optional.empty()
        : Optional.of(
            new StagePeriod(
                period.model(),
                period.version(),
                period.stage(),
                period.superseded(),
                period.from(),
                period.until().filter(until -> !until.isAfter(end)),
                period.transition(),
                period.actor(),
                period.reason()));
  }
}
