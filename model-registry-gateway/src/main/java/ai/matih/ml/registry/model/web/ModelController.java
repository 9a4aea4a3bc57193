package ai.matih.ml.registry.model.web;

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
import ai.matih.ml.registry.model.AnswerCache;
import ai.matih.ml.registry.model.ChangeModel;
import ai.matih.ml.registry.model.CreateModel;
import ai.matih.ml.registry.model.FindModel;
import ai.matih.ml.registry.model.Model;
import ai.matih.ml.registry.model.ModelId;
import ai.matih.ml.registry.model.ModelSearch;
import ai.matih.ml.registry.model.Models;
import ai.matih.ml.registry.model.Policy;
import ai.matih.ml.registry.model.PolicyRevision;
import ai.matih.ml.registry.model.Stage;
import ai.matih.ml.registry.model.Task;
import ai.matih.ml.registry.model.Versions;
import ai.matih.ml.registry.model.Versions.StageOverview;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.Valid;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Models and their policies. */
@RestController
@RequestMapping("/api/v1/ml/models")
class ModelController {

  private static final String TAG = "tag.";

  private final CreateModel create;
  private final ChangeModel change;
  private final FindModel find;
  private final Models models;
  private final Versions versions;
  private final Transactions transactions;
  private final AnswerCache cache;

  ModelController(
      CreateModel create,
      ChangeModel change,
      FindModel find,
      Models models,
      Versions versions,
      Transactions transactions,
      AnswerCache cache) {
    this.create = create;
    this.change = change;
    this.find = find;
    this.models = models;
    this.versions = versions;
    this.transactions = transactions;
    this.cache = cache;
  }

  @PostMapping
  @Allow(Permission.MODELS_WRITE)
  @Idempotent
  @Answers(201)
  ResponseEntity<ModelAnswer> create(@Valid @RequestBody NewModelRequest request, Caller caller) {
    Model model = create.create(request.toRequest(), caller.actor());
    return ResponseEntity.created(URI.create("/api/v1/ml/models/" + model.id()))
        .body(ModelAnswer.of(model, StageOverview.NONE));
  }

  @GetMapping
  @Allow(Permission.MODELS_READ)
  @Parameter(
      in = ParameterIn.QUERY,
      name = "tag.KEY",
      description = "a tag that the model has to carry, for example tag.team=pricing",
      schema = @Schema(type = "string"))
  Page<ModelAnswer> list(
      @RequestParam(name = "name_contains", required = false) @Nullable String nameContains,
      @RequestParam(required = false) @Nullable Stage stage,
      @RequestParam(required = false) @Nullable Task task,
      @RequestParam(required = false) @Nullable String owner,
      @Parameter(hidden = true) @RequestParam Map<String, String> parameters,
      @Parameter(
              description =
                  "a data set that the model's policy measures on: dataset:name for any version of"
                      + " it, or dataset:name@sha256:digest")
          @RequestParam(name = "evaluation_dataset", required = false)
          @Nullable String evaluationDataset,
      @Parameter(description = "true: only retired models; false: only those that are not")
          @RequestParam(required = false)
          @Nullable Boolean retired,
      PageRequest page) {
    ModelSearch search;
    try {
      search =
          new ModelSearch(
              Optional.ofNullable(nameContains),
              Optional.ofNullable(stage),
              Optional.ofNullable(task),
              Optional.ofNullable(owner),
              tags(parameters),
              Optional.ofNullable(evaluationDataset),
              Optional.ofNullable(retired));
    } catch (IllegalArgumentException e) {
      throw Problem.invalid("evaluation_dataset", String.valueOf(e.getMessage()));
    }
    if (search.evaluationDataset().isPresent()) {
      // Whether a data set may be deleted is decided by this answer.
      return transactions.call(() -> found(search, page));
    }
    return cache.ofAll(
        List.of(search, page),
        (Page<ModelAnswer> answer) ->
            answer.items().stream().mapToInt(model -> 1 + model.size()).sum(),
        () -> transactions.call(() -> found(search, page)));
  }

  private Page<ModelAnswer> found(ModelSearch search, PageRequest page) {
    List<Model> found = models.list(page.after(ModelId::new), search, page.limit());
    Map<ModelId, StageOverview> overviews =
        versions.overviews(found.stream().map(Model::id).toList(), ModelAnswer.NEWEST);
    return Page.cut(found, page, last -> PageToken.of(last.id()))
        .map(
            model -> ModelAnswer.of(model, overviews.getOrDefault(model.id(), StageOverview.NONE)));
  }

  private static Map<String, String> tags(Map<String, String> parameters) {
    Map<String, String> tags = new TreeMap<>();
    parameters.forEach(
        (name, value) -> {
          if (name.startsWith(TAG)) {
            if (name.length() == TAG.length()) {
              throw Problem.invalid("tag.", "must name a tag, like tag.team=pricing");
            }
            tags.put(name.substring(TAG.length()), value);
          }
        });
    return tags;
  }

  @GetMapping("/{id}")
  @Allow(Permission.MODELS_READ)
  ModelAnswer get(@PathVariable ModelId id) {
    return cache.of(
        id, "model", ModelAnswer::size, () -> transactions.call(() -> answer(find.model(id))));
  }

  @PatchMapping("/{id}")
  @Allow(Permission.MODELS_WRITE)
  ModelAnswer change(@PathVariable ModelId id, @Valid @RequestBody ModelChangeRequest request) {
    Model now = transactions.call(() -> find.model(id));
    return transactions.call(() -> answer(change.change(now.id(), request.toRequest(now))));
  }

  @GetMapping("/{id}/policy")
  @Allow(Permission.MODELS_READ)
  ResponseEntity<PolicyAnswer> policy(@PathVariable ModelId id) {
    return policyAnswer(transactions.call(() -> find.policy(find.model(id).id())));
  }

  @PutMapping("/{id}/policy")
  @Allow(Permission.MODELS_PROMOTE)
  ResponseEntity<PolicyAnswer> changePolicy(
      @PathVariable ModelId id,
      @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch,
      @RequestBody Policy policy,
      Caller caller) {
    return policyAnswer(change.changePolicy(id, policy, revision(ifMatch), caller.actor()));
  }

  private ModelAnswer answer(Model model) {
    return ModelAnswer.of(
        model,
        versions
            .overviews(List.of(model.id()), ModelAnswer.NEWEST)
            .getOrDefault(model.id(), StageOverview.NONE));
  }

  private ResponseEntity<PolicyAnswer> policyAnswer(PolicyRevision policy) {
    return ResponseEntity.ok()
        .eTag("\"" + policy.revision() + "\"")
        .body(PolicyAnswer.of(policy, transactions.call(() -> find.warnings(policy))));
  }

  /** The revision in an {@code If-Match}; one that was never given out is stale. */
  private static OptionalInt revision(@Nullable String ifMatch) {
    if (ifMatch == null) {
      return OptionalInt.empty();
    }
    String tag = ifMatch.strip().replaceAll("^(W/)?\"|\"$", "");
    if (!tag.matches("\\d{1,9}")) {
      throw new Problem(CommonError.STALE_REVISION, "If-Match is not an ETag of this policy.");
    }
    return OptionalInt.of(Integer.parseInt(Objects.requireNonNull(tag)));
  }
}
