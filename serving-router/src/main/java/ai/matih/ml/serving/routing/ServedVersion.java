package ai.matih.ml.serving.routing;

import ai.matih.ml.serving.Stage;

/** One deployed version as this router answers for it. */
record ServedVersion(long version, String deploymentId, Stage stage, LiveModel live) {}
