package ai.matih.ml.serving.drift;

/** Who tells the outside of alerts. Repeatable: the same alert and word again changes nothing. */
public interface AlertReceiver {

  /**
   * @param opened false when it closed
   * @throws ai.matih.ml.common.http.EngineFailure when it was not heard
   */
  void tell(DriftAlert alert, boolean opened);
}
