package ai.matih.ml.api.experiment;

import java.util.OptionalLong;

/**
 * A file or directory of a run.
 *
 * @param path from the run's own root
 * @param sizeBytes absent for a directory
 */
public record Artifact(String path, boolean isDirectory, OptionalLong sizeBytes) {}
