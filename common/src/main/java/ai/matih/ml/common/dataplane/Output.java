package ai.matih.ml.common.dataplane;

import java.io.ByteArrayOutputStream;

/** The body of an answer while it is written; used again for the next one. */
public final class Output extends ByteArrayOutputStream {

  public Output() {
    super(512);
  }

  /** Not a copy: valid until the next answer is written. */
  byte[] bytes() {
    return buf;
  }
}
