package ai.matih.ml.registry.promotion;

/** Where a transition stands; every state but the first is its end. */
public enum TransitionState {
  PENDING,
  COMPLETED,
  /** A reviewer said no. */
  REJECTED,
  /** The requester took it back. */
  CANCELLED,
  /** It waited too long. */
  EXPIRED,
  /** It became impossible meanwhile. */
  FAILED;

  public boolean isOver() {
    return this != PENDING;
  }
}
