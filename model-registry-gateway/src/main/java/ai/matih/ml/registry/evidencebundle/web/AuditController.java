package ai.matih.ml.registry.evidencebundle.web;

import ai.matih.ml.common.audit.Audit;
import ai.matih.ml.common.audit.AuditRow;
import ai.matih.ml.common.page.Page;
import ai.matih.ml.common.page.PageRequest;
import ai.matih.ml.common.page.PageToken;
import ai.matih.ml.common.security.Allow;
import ai.matih.ml.common.security.Permission;
import ai.matih.ml.common.security.TokenSigner;
import ai.matih.ml.common.transaction.Transactions;
import ai.matih.ml.registry.model.FindModel;
import ai.matih.ml.registry.model.ModelId;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The registry's audit chain of the caller's tenant. */
@RestController
class AuditController {

  private static final String WORD = "^[^\\x00]{0,500}$";

  private final Audit audit;
  private final FindModel find;
  private final TokenSigner signer;
  private final Transactions transactions;
  private final JsonMapper json;

  AuditController(
      Audit audit, FindModel find, TokenSigner signer, Transactions transactions, JsonMapper json) {
    this.audit = audit;
    this.find = find;
    this.signer = signer;
    this.transactions = transactions;
    this.json = json;
  }

  /**
   * One row.
   *
   * @param hash the chain's at this row
   */
  record AuditAnswer(
      long seq,
      Instant at,
      String principal,
      String action,
      String target,
      String outcome,
      Map<String, Object> details,
      String hash) {}

  /**
   * How the chain was found.
   *
   * @param rows how many there are
   * @param headHash of the last row; note it elsewhere and compare it with that row later
   * @param firstBrokenRow the first that does not fit; absent when all do
   */
  record VerificationAnswer(
      boolean intact, long rows, String headHash, Optional<Long> firstBrokenRow) {}

  /** Public keys as RFC 7517 has them. */
  record KeysAnswer(List<Map<String, Object>> keys) {}

  /** Newest first. */
  @GetMapping("/api/v1/ml/models/{id}/audit")
  @Allow(Permission.AUDIT_READ)
  Page<AuditAnswer> ofModel(@PathVariable ModelId id, PageRequest page) {
    String target = "models/" + transactions.call(() -> find.model(id).id());
    long before = page.after(Long::parseLong).orElse(Long.MAX_VALUE);
    return Page.cut(
            audit.below(target, before, page.limit()), page, last -> PageToken.of(last.seq()))
        .map(this::answer);
  }

  /** The rows of the whole tenant, newest first; filters take the exact word. */
  @GetMapping("/api/v1/ml/audit/registry")
  @Allow(Permission.AUDIT_READ)
  Page<AuditAnswer> ofTenant(
      @RequestParam(required = false) @Parameter(schema = @Schema(type = "string", pattern = WORD))
          @Nullable String principal,
      @RequestParam(required = false) @Parameter(schema = @Schema(type = "string", pattern = WORD))
          @Nullable String action,
      @RequestParam(required = false)
          @Parameter(
              schema =
                  @Schema(
                      type = "string",
                      allowableValues = {"done", "refused"}))
          @Nullable String outcome,
      PageRequest page) {
    long before = page.after(Long::parseLong).orElse(Long.MAX_VALUE);
    return Page.cut(
            audit.rows(
                Optional.ofNullable(principal),
                Optional.ofNullable(action),
                Optional.ofNullable(outcome),
                before,
                page.limit()),
            page,
            last -> PageToken.of(last.seq()))
        .map(this::answer);
  }

  /** Recomputes every hash of the tenant's chain. */
  @GetMapping("/api/v1/ml/audit/registry/verification")
  @Allow(Permission.AUDIT_READ)
  VerificationAnswer verify() {
    Audit.Verification found = audit.verify();
    return new VerificationAnswer(
        found.firstBroken() == 0,
        found.head().seq(),
        found.head().hash(),
        Optional.of(found.firstBroken()).filter(row -> row > 0));
  }

  /** With which evidence bundles are signed. */
  @GetMapping("/api/v1/ml/audit/registry/keys")
  @Allow(Permission.MODELS_READ)
  KeysAnswer keys() {
    return new KeysAnswer(List.of(signer.publicKey()));
  }

  private AuditAnswer answer(AuditRow row) {
    JsonNode details = json.readTree(row.details());
    return new AuditAnswer(
        row.seq(),
        row.at(),
        row.principal(),
        row.action(),
        row.target(),
        row.outcome(),
        json.convertValue(
            details, json.getTypeFactory().constructMapType(Map.class, String.class, Object.class)),
        row.hash());
  }
}
