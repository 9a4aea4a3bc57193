package ai.matih.ml.features.online.web;

import ai.matih.ml.common.dataplane.Endpoint;
import ai.matih.ml.common.dataplane.Output;

/** Work that waits for the store. */
@FunctionalInterface
interface WaitingWork extends Endpoint.Work {

  @Override
  default boolean answerAtOnce(Output to) {
    return false;
  }
}
