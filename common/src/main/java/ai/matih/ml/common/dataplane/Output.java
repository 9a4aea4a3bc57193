package ai.matih.ml.common.dataplane;

import java.io.ByteArrayOutputStream;

/** The body of an answer while it is written; used again for the next one. */
public final class Output extends ByteArrayOutputStream {

  static final String JSON = "Content-Type: application/json\r\n";

  private String headers = JSON;

  public Output() {
    super(512);
  }

  /**
   * Says what the body is, if it is not JSON.
   *
   * @param lines of the answer's head, each with its line break
   */
  public void headers(String lines) {
    headers = lines;
  }

  public String headers() {
    return headers;
  }

  @Override
  public synchronized void reset() {
    super.reset();
    headers = JSON;
  }

  /** Not a copy: valid until the next answer is written. */
  byte[] bytes() {
    return buf;
  }
}
