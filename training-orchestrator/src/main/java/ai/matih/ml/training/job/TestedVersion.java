package ai.matih.ml.training.job;

/**
 * That a package of tests ran; its report says how they went.
 *
 * @param digest of the version's files
 * @param reportDigest of the JUnit report, {@code sha256:…}
 */
public record TestedVersion(
    String digest, String packageDigest, int exitStatus, String reportDigest)
    implements JobResult {}
