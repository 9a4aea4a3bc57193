package ai.matih.ml.local.process;

/**
 * How a program is asked to end. PostgreSQL waits for its clients on TERM and disconnects them on
 * INT.
 */
public enum StopSignal {
  TERM,
  INT
}
