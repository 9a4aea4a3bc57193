package ai.matih.ml.registry.webhook;

import ai.matih.ml.common.reconcile.Claim;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The current tenant's events and deliveries; what is written here is written with the change. */
public interface Deliveries {

  /** Wakes the delivery of events. */
  String TOPIC = "webhooks";

  /** Stores an event and has it delivered. */
  void add(CloudEvent event, List<UUID> webhooks);

  /** Has an event delivered again. */
  Delivery replay(Delivery delivery);

  Optional<Delivery> find(UUID webhook, UUID id);

  /** Newest first, after one of them. */
  List<Delivery> list(
      UUID webhook, Optional<UUID> after, Optional<Delivery.State> state, int limit);

  /** What is to be sent now, counted as an attempt; empty when the claim was overtaken. */
  Optional<Attempt> begin(Claim claim);

  /**
   * One attempt.
   *
   * @param number 1 for the first
   * @param overdue it was to arrive before now
   */
  record Attempt(
      UUID delivery, UUID event, String body, Webhook webhook, int number, boolean overdue) {}

  /**
   * Notes what became of an attempt.
   *
   * @param pause until the next one; absent when there is none
   * @return false when the claim was overtaken
   */
  boolean end(Claim claim, Sender.Outcome outcome, Optional<Duration> pause);

  /** Forgets what ended long ago, of all tenants; says how much. */
  int forget(Duration retention, int limit);
}
