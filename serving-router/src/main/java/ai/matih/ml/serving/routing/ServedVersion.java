package ai.matih.ml.serving.routing;

import ai.matih.ml.serving.Stage;
import ai.matih.ml.serving.deployment.InputRules;

/** One deployed version as this router answers for it. */
record ServedVersion(
    long version, String deploymentId, Stage stage, InputRules inputs, LiveModel live) {}
