package ai.matih.ml.serving.engine.rayserve;

/** What the database knows about Serve, whichever router writes next. */
public interface ServeMemory {

  /** Whether Serve may run because of us. */
  boolean started();

  /** Stored before the first application is sent, and after the last one has gone. */
  void started(boolean now);
}
