package ai.matih.ml.serving.traffic;

import ai.matih.ml.serving.ModelId;
import java.util.List;

/** Asks which revision of a model's traffic each router serves. */
public interface Acknowledgements {

  /**
   * One router's revision.
   *
   * @param fresh false when its heartbeat is overdue, so that it may have moved on or stayed behind
   */
  record RouterRevision(String router, long revision, boolean fresh) {}

  /** One entry per known router; revision 0 for one that does not serve the model. */
  List<RouterRevision> of(ModelId model);
}
