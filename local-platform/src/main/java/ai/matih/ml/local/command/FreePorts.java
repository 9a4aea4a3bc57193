package ai.matih.ml.local.command;

import ai.matih.ml.local.suite.PlatformPorts;
import ai.matih.ml.local.suite.Preflight;

/** Finds room for a platform beside the one that people use. */
final class FreePorts {

  private FreePorts() {}

  /** The first offset from the given one on at which all ports are free. */
  static int offset(int first) {
    var offset = first;
    while (PlatformPorts.withOffset(offset).owners().keySet().stream().anyMatch(Preflight::busy)) {
      offset += 100;
    }
    return offset;
  }
}
