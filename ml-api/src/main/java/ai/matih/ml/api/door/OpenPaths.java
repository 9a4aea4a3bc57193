package ai.matih.ml.api.door;

/** What answers without credentials: health for machines, the documentation for people. */
final class OpenPaths {

  private OpenPaths() {}

  static boolean isOpen(String path) {
    return path.equals("/health")
        || path.equals("/livez")
        || path.equals("/readyz")
        || path.equals("/docs")
        || path.startsWith("/docs/")
        || path.startsWith("/v3/api-docs")
        || path.startsWith("/actuator/");
  }
}
