package ai.matih.ml.registry.webhook.web;

import ai.matih.ml.common.idempotency.Idempotent;
import ai.matih.ml.common.page.Page;
import ai.matih.ml.common.page.PageRequest;
import ai.matih.ml.common.page.PageToken;
import ai.matih.ml.common.security.Allow;
import ai.matih.ml.common.security.Caller;
import ai.matih.ml.common.security.Permission;
import ai.matih.ml.common.transaction.Transactions;
import ai.matih.ml.common.web.Answers;
import ai.matih.ml.registry.webhook.Deliveries;
import ai.matih.ml.registry.webhook.Delivery;
import ai.matih.ml.registry.webhook.ManageWebhooks;
import ai.matih.ml.registry.webhook.ManageWebhooks.Request;
import ai.matih.ml.registry.webhook.ManageWebhooks.WithSecret;
import ai.matih.ml.registry.webhook.Webhooks;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Who is told of what. */
@RestController
@RequestMapping("/api/v1/ml/webhooks")
class WebhookController {

  private final ManageWebhooks manage;
  private final Webhooks webhooks;
  private final Deliveries deliveries;
  private final Transactions transactions;

  WebhookController(
      ManageWebhooks manage, Webhooks webhooks, Deliveries deliveries, Transactions transactions) {
    this.manage = manage;
    this.webhooks = webhooks;
    this.deliveries = deliveries;
    this.transactions = transactions;
  }

  /**
   * A webhook to make.
   *
   * @param eventTypes all when empty
   * @param models ids; all models when empty
   */
  record NewWebhookRequest(
      @NotBlank @Size(max = 100) String name,
      @NotBlank @Size(max = 2000) String url,
      @Size(max = 50) @Nullable List<@NotNull String> eventTypes,
      @Size(max = 100) @Nullable List<@NotNull String> models) {}

  /** What to change about a webhook; what is absent stays. A whole answer can be sent back. */
  @JsonIgnoreProperties({
    "id",
    "conditions",
    "old_secret_until",
    "created_by",
    "created_at",
    "updated_at"
  })
  record WebhookChangeRequest(
      @Size(min = 1, max = 100) @Nullable String name,
      @Size(min = 1, max = 2000) @Nullable String url,
      @Size(max = 50) @Nullable List<@NotNull String> eventTypes,
      @Size(max = 100) @Nullable List<@NotNull String> models,
      @Nullable Boolean active) {}

  /** The answer shows the secret; no other ever does, nor does a repeat of the request. */
  @PostMapping
  @Allow(Permission.WEBHOOKS_MANAGE)
  @Idempotent
  @Answers(201)
  ResponseEntity<WebhookAnswer> create(
      @Valid @RequestBody NewWebhookRequest request, Caller caller) {
    WithSecret made =
        manage.create(
            new Request(
                Optional.of(request.name()),
                Optional.of(request.url()),
                Optional.ofNullable(request.eventTypes()),
                Optional.ofNullable(request.models()),
                Optional.empty()),
            caller.actor());
    SecretOnce.show(made.secret());
    return ResponseEntity.created(URI.create("/api/v1/ml/webhooks/" + made.webhook().id()))
        .body(WebhookAnswer.of(made.webhook()));
  }

  @GetMapping
  @Allow(Permission.WEBHOOKS_MANAGE)
  Page<WebhookAnswer> list(PageRequest page) {
    return transactions.call(
        () ->
            Page.cut(
                    webhooks.list(page.after(UUID::fromString), page.limit()),
                    page,
                    last -> PageToken.of(last.id()))
                .map(WebhookAnswer::of));
  }

  @GetMapping("/{webhook}")
  @Allow(Permission.WEBHOOKS_MANAGE)
  WebhookAnswer get(@PathVariable UUID webhook) {
    return transactions.call(() -> WebhookAnswer.of(manage.find(webhook)));
  }

  /** What is absent stays. Activating it again forgets that it failed. */
  @PatchMapping("/{webhook}")
  @Allow(Permission.WEBHOOKS_MANAGE)
  WebhookAnswer change(
      @PathVariable UUID webhook, @Valid @RequestBody WebhookChangeRequest request) {
    return WebhookAnswer.of(
        manage.change(
            webhook,
            new Request(
                Optional.ofNullable(request.name()),
                Optional.ofNullable(request.url()),
                Optional.ofNullable(request.eventTypes()),
                Optional.ofNullable(request.models()),
                Optional.ofNullable(request.active()))));
  }

  @DeleteMapping("/{webhook}")
  @Allow(Permission.WEBHOOKS_MANAGE)
  @Answers(204)
  ResponseEntity<Void> remove(@PathVariable UUID webhook) {
    manage.remove(webhook);
    return ResponseEntity.noContent().build();
  }

  /** Messages are signed with the old secret as well until {@code old_secret_until}. */
  @PostMapping("/{webhook}/rotate-secret")
  @Allow(Permission.WEBHOOKS_MANAGE)
  @Idempotent
  ResponseEntity<WebhookAnswer> rotate(@PathVariable UUID webhook) {
    WithSecret rotated = manage.rotate(webhook);
    SecretOnce.show(rotated.secret());
    return ResponseEntity.ok(WebhookAnswer.of(rotated.webhook()));
  }

  /** Sends an {@code ai.matih.ml.webhook.ping}. */
  @PostMapping("/{webhook}/ping")
  @Allow(Permission.WEBHOOKS_MANAGE)
  @Idempotent
  @Answers(202)
  ResponseEntity<DeliveryAnswer> ping(@PathVariable UUID webhook, Caller caller) {
    return accepted(manage.ping(webhook, caller.actor()));
  }

  /** Newest first. */
  @GetMapping("/{webhook}/deliveries")
  @Allow(Permission.WEBHOOKS_MANAGE)
  Page<DeliveryAnswer> deliveries(
      @PathVariable UUID webhook,
      @RequestParam(required = false) Delivery.@Nullable State status,
      PageRequest page) {
    return transactions.call(
        () ->
            Page.cut(
                    deliveries.list(
                        manage.find(webhook).id(),
                        page.after(UUID::fromString),
                        Optional.ofNullable(status),
                        page.limit()),
                    page,
                    last -> PageToken.of(last.id()))
                .map(DeliveryAnswer::of));
  }

  @GetMapping("/{webhook}/deliveries/{delivery}")
  @Allow(Permission.WEBHOOKS_MANAGE)
  DeliveryAnswer delivery(@PathVariable UUID webhook, @PathVariable UUID delivery) {
    return transactions.call(
        () -> DeliveryAnswer.of(manage.delivery(manage.find(webhook).id(), delivery)));
  }

  /** Sends the same event, with the same id, as a new delivery. */
  @PostMapping("/{webhook}/deliveries/{delivery}/replay")
  @Allow(Permission.WEBHOOKS_MANAGE)
  @Idempotent
  @Answers(202)
  ResponseEntity<DeliveryAnswer> replay(@PathVariable UUID webhook, @PathVariable UUID delivery) {
    return accepted(manage.replay(webhook, delivery));
  }

  private static ResponseEntity<DeliveryAnswer> accepted(Delivery delivery) {
    URI location =
        URI.create(
            "/api/v1/ml/webhooks/%s/deliveries/%s".formatted(delivery.webhook(), delivery.id()));
    return ResponseEntity.accepted().location(location).body(DeliveryAnswer.of(delivery));
  }
}
