package ai.matih.ml.serving.engine;

import java.util.regex.Pattern;

/** The name of a scoring engine, as callers write it and as a deployment keeps it. */
public record EngineName(String value) {

  private static final Pattern FORM = Pattern.compile("[a-z][a-z0-9_]{0,31}");

  /**
   * ONNX Runtime in the router's own process; what a deployment runs on when it names no engine.
   */
  public static final EngineName ONNX = new EngineName("onnx");

  public EngineName {
    if (!isWellFormed(value)) {
      throw new IllegalArgumentException("not the name of an engine");
    }
  }

  public static boolean isWellFormed(String value) {
    return FORM.matcher(value).matches();
  }

  @Override
  public String toString() {
    return value;
  }
}
