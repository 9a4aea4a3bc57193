package ai.matih.ml.common.outbox;

/** Delivers the events of one type; called at least once per event, in the event's tenant. */
public interface OutboxHandler {

  /** For example {@code version.registered}. */
  String type();

  /** Throws when the event could not be delivered; it comes again later. */
  void handle(OutboxEvent event);
}
