package ai.matih.ml.serving.traffic;

import ai.matih.ml.serving.Stage;

/** A deployed version as traffic sees it. */
public record DeployedTarget(long version, String deploymentId, boolean ready, Stage stage) {}
