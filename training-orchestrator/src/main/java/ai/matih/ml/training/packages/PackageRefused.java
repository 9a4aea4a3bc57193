package ai.matih.ml.training.packages;

/** An upload that is not a plain zip file; the reason is for the person who uploaded it. */
final class PackageRefused extends Exception {

  PackageRefused(String reason) {
    super(reason);
  }

  String reason() {
    return String.valueOf(getMessage());
  }
}
