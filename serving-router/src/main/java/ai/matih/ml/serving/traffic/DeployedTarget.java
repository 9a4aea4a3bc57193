package ai.matih.ml.serving.traffic;

import ai.matih.ml.serving.Stage;

/**
 * A deployed version as traffic sees it.
 *
 * @param digest of the very files that answer
 */
public record DeployedTarget(
    long version, String deploymentId, boolean ready, Stage stage, String digest) {}
