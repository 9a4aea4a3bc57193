package ai.matih.ml.serving.engine;

import java.util.Optional;

/**
 * Whether a version may run on an engine.
 *
 * @param objection why it may not, as a sentence for people; empty when it may
 * @param proven whether its files are known to run; otherwise each router runs the bundle checks in
 *     a process of their own before it loads them
 */
public record EngineSupport(Optional<String> objection, boolean proven) {

  public static final EngineSupport PROVEN = new EngineSupport(Optional.empty(), true);
  public static final EngineSupport UNPROVEN = new EngineSupport(Optional.empty(), false);

  /** Of an engine that runs the ONNX form. */
  public static EngineSupport ofOnnx(EngineName engine, VersionForms forms) {
    return switch (forms.onnx()) {
      case VERIFIED -> PROVEN;
      case UNVERIFIED -> UNPROVEN;
      case MISMATCH ->
          barred(
              "The ONNX form of version %d answers differently from the trained model, so the %s engine may not serve it.%s"
                  .formatted(
                      forms.version(),
                      engine,
                      forms.difference().map(found -> " " + found).orElse("")));
      case ABSENT ->
          barred(
              "Version %d has no ONNX form; deploy it on an engine that runs the model itself."
                  .formatted(forms.version()));
    };
  }

  public static EngineSupport barred(String objection) {
    return new EngineSupport(Optional.of(objection), false);
  }
}
