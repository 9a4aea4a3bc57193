package ai.matih.ml.registry.retention.web;

import ai.matih.ml.common.idempotency.Idempotent;
import ai.matih.ml.common.page.Page;
import ai.matih.ml.common.page.PageRequest;
import ai.matih.ml.common.page.PageToken;
import ai.matih.ml.common.problem.CommonError;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.security.Allow;
import ai.matih.ml.common.security.Caller;
import ai.matih.ml.common.security.Permission;
import ai.matih.ml.common.transaction.Transactions;
import ai.matih.ml.common.web.Answers;
import ai.matih.ml.registry.model.FindModel;
import ai.matih.ml.registry.model.ModelId;
import ai.matih.ml.registry.model.VersionNumber;
import ai.matih.ml.registry.retention.ChangeRetention;
import ai.matih.ml.registry.retention.DeleteModel;
import ai.matih.ml.registry.retention.DeleteVersions;
import ai.matih.ml.registry.retention.Deletion;
import ai.matih.ml.registry.retention.Deletion.Cause;
import ai.matih.ml.registry.retention.Deletion.State;
import ai.matih.ml.registry.retention.Deletions;
import ai.matih.ml.registry.retention.Retention;
import ai.matih.ml.registry.retention.RetentionRevision;
import ai.matih.ml.registry.retention.RetentionSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Deletes and restores versions and models, and says what was freed. */
@RestController
@RequestMapping("/api/v1/ml/models/{id}")
class RetentionController {

  private static final int LONGEST_REASON = 500;

  private final DeleteVersions delete;
  private final DeleteModel deleteModel;
  private final ChangeRetention change;
  private final Deletions deletions;
  private final FindModel find;
  private final RetentionSettings settings;
  private final Transactions transactions;

  RetentionController(
      DeleteVersions delete,
      DeleteModel deleteModel,
      ChangeRetention change,
      Deletions deletions,
      FindModel find,
      RetentionSettings settings,
      Transactions transactions) {
    this.delete = delete;
    this.deleteModel = deleteModel;
    this.change = change;
    this.deletions = deletions;
    this.find = find;
    this.settings = settings;
    this.transactions = transactions;
  }

  /**
   * @param restorableUntil only while it waits
   * @param filesRemovedAt when the platform's copy of the files was removed; the run's own
   *     artifacts in MLflow are not the registry's
   * @param freedBytes 0 when another version has the same files
   */
  record DeletionAnswer(
      ModelId modelId,
      VersionNumber version,
      State status,
      Cause cause,
      String deletedBy,
      Optional<String> reason,
      Instant deletedAt,
      Optional<Instant> restorableUntil,
      Optional<Instant> filesRemovedAt,
      Optional<Long> freedBytes,
      Optional<String> note) {

    static DeletionAnswer of(Deletion deletion) {
      return new DeletionAnswer(
          deletion.model(),
          deletion.version(),
          deletion.state(),
          deletion.cause(),
          deletion.deletedBy(),
          deletion.reason(),
          deletion.deletedAt(),
          Optional.of(deletion.removeAt()).filter(_ -> deletion.state() == State.WAITING),
          deletion.ended().filter(_ -> deletion.state() == State.REMOVED),
          deletion.freedBytes(),
          deletion.note());
    }
  }

  /**
   * @param versions that were deleted with it
   * @param followingVersions how many others follow by and by; they answer 410 already
   */
  record ModelDeletionAnswer(
      ModelId modelId, List<DeletionAnswer> versions, int followingVersions) {}

  /**
   * @param gracePeriod how long a deleted version can be restored; a setting of the service
   * @param deletedVersions that can still be restored
   * @param removedVersions whose files are gone
   */
  record RetentionAnswer(
      ModelId modelId,
      int revision,
      Optional<Duration> keepArchived,
      Optional<Duration> keepDevelopment,
      Optional<String> changedBy,
      Optional<Instant> changedAt,
      Optional<Instant> appliedAt,
      Duration gracePeriod,
      int deletedVersions,
      int removedVersions,
      long freedBytes) {}

  @DeleteMapping("/versions/{version}")
  @Allow(Permission.MODELS_WRITE)
  DeletionAnswer deleteVersion(
      @PathVariable ModelId id,
      @PathVariable int version,
      @RequestParam(required = false) @Nullable String reason,
      Caller caller) {
    return DeletionAnswer.of(
        delete.delete(id, version, reason(reason), caller.actor(), Cause.ASKED));
  }

  @DeleteMapping
  @Allow(Permission.MODELS_WRITE)
  ModelDeletionAnswer deleteModel(
      @PathVariable ModelId id,
      @RequestParam(required = false) @Nullable String reason,
      Caller caller) {
    DeleteModel.Deleted deleted = deleteModel.delete(id, reason(reason), caller.actor());
    return new ModelDeletionAnswer(
        id, deleted.versions().stream().map(DeletionAnswer::of).toList(), deleted.remaining());
  }

  @PostMapping("/versions/{version}/restore")
  @Allow(Permission.MODELS_WRITE)
  @Idempotent
  ResponseEntity<DeletionAnswer> restoreVersion(
      @PathVariable ModelId id, @PathVariable int version) {
    return ResponseEntity.ok(DeletionAnswer.of(delete.restore(id, version)));
  }

  @PostMapping("/restore")
  @Allow(Permission.MODELS_WRITE)
  @Idempotent
  @Answers(204)
  ResponseEntity<Void> restoreModel(@PathVariable ModelId id, Caller caller) {
    deleteModel.restore(id, caller.actor());
    return ResponseEntity.noContent().build();
  }

  /** Deleted versions, newest first; also of a deleted model. */
  @GetMapping("/deletions")
  @Allow(Permission.MODELS_READ)
  Page<DeletionAnswer> deletions(@PathVariable ModelId id, PageRequest page) {
    return transactions.call(
        () -> {
          find.requireEverThere(id);
          List<Deletion> found =
              deletions.list(
                  id,
                  page.after(token -> new VersionNumber(Integer.parseInt(token))),
                  page.limit());
          return Page.cut(found, page, last -> PageToken.of(last.version()))
              .map(DeletionAnswer::of);
        });
  }

  @GetMapping("/retention")
  @Allow(Permission.MODELS_READ)
  ResponseEntity<RetentionAnswer> retention(@PathVariable ModelId id) {
    return transactions.call(
        () -> {
          ModelId model = find.model(id).id();
          return answer(deletions.retention(model));
        });
  }

  @PutMapping("/retention")
  @Allow(Permission.MODELS_PROMOTE)
  ResponseEntity<RetentionAnswer> changeRetention(
      @PathVariable ModelId id,
      @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch,
      @RequestBody Retention retention,
      Caller caller) {
    RetentionRevision changed = change.change(id, retention, revision(ifMatch), caller.actor());
    return transactions.call(() -> answer(changed));
  }

  private ResponseEntity<RetentionAnswer> answer(RetentionRevision retention) {
    Deletions.Totals totals = deletions.totals(retention.model());
    return ResponseEntity.ok()
        .eTag("\"" + retention.revision() + "\"")
        .body(
            new RetentionAnswer(
                retention.model(),
                retention.revision(),
                retention.retention().keepArchived(),
                retention.retention().keepDevelopment(),
                retention.changedBy(),
                retention.changedAt(),
                retention.applied(),
                settings.gracePeriod(),
                totals.waiting(),
                totals.removed(),
                totals.freedBytes()));
  }

  private static Optional<String> reason(@Nullable String reason) {
    if (reason != null && (reason.length() > LONGEST_REASON || reason.indexOf('\0') >= 0)) {
      throw Problem.invalid("reason", "must be up to " + LONGEST_REASON + " characters of text");
    }
    return Optional.ofNullable(reason).filter(text -> !text.isBlank());
  }

  private static int revision(@Nullable String ifMatch) {
    if (ifMatch == null) {
      throw new Problem(
          CommonError.REVISION_REQUIRED,
          "Say by If-Match which revision you change; GET answers with its ETag.");
    }
    String tag = ifMatch.strip().replaceAll("^(W/)?\"|\"$", "");
    if (!tag.matches("\\d{1,9}")) {
      throw new Problem(CommonError.STALE_REVISION, "If-Match is not an ETag of this retention.");
    }
    return Integer.parseInt(Objects.requireNonNull(tag));
  }
}
