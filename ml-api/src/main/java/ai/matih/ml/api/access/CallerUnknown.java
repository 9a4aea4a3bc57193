package ai.matih.ml.api.access;

/** No credential, or none that opens the door. */
public final class CallerUnknown extends RuntimeException {

  public CallerUnknown(String reason) {
    super(reason);
  }
}
