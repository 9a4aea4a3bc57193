package ai.matih.ml.serving.engine;

/**
 * One model in an engine that runs it elsewhere.
 *
 * @param name what the engine calls it: unique, and the same for every router
 * @param artifact the files that it runs
 */
public record Placement(String name, Artifact artifact, Hosting hosting) {}
