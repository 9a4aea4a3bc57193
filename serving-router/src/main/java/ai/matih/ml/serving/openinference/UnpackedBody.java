package ai.matih.ml.serving.openinference;

import ai.matih.ml.common.dataplane.BodyMemory;
import ai.matih.ml.common.problem.CommonError;
import ai.matih.ml.common.problem.Problem;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.InflaterInputStream;

/** A body that came packed. It takes its part of the memory for bodies until it is closed. */
final class UnpackedBody implements AutoCloseable {

  private static final int FIRST = 16 * 1024;

  private final BodyMemory memory;
  private final int maxBody;
  private byte[] bytes = {};
  private int length;

  /**
   * @param maxBody largest length
   */
  UnpackedBody(BodyMemory memory, int maxBody) {
    this.memory = memory;
    this.maxBody = maxBody;
  }

  void unpack(String encoding, byte[] packed) {
    try (InputStream in = unpacking(encoding, new ByteArrayInputStream(packed))) {
      for (int more = 0; more >= 0; more = in.read(bytes, length, bytes.length - length)) {
        length += more;
        if (length == bytes.length) {
          grow();
        }
      }
    } catch (IOException e) {
      throw new Problem(CommonError.MALFORMED_REQUEST, "The body is not " + encoding + ".");
    }
  }

  private static InputStream unpacking(String encoding, InputStream packed) throws IOException {
    return switch (encoding.strip().toLowerCase(Locale.ROOT)) {
      case "gzip" -> new GZIPInputStream(packed);
      case "deflate" -> new InflaterInputStream(packed);
      default ->
          throw new Problem(
              CommonError.UNSUPPORTED_MEDIA_TYPE,
              "The Content-Encoding must be gzip, deflate or none.");
    };
  }

  private void grow() {
    if (length > maxBody) {
      throw new Problem(
              CommonError.TOO_LARGE, "Bodies may have up to " + maxBody + " bytes unpacked.")
          .with("max_bytes", maxBody);
    }
    // One byte more tells that a body is too large.
    int size = (int) Math.min(maxBody + 1L, Math.max(FIRST, 2L * length));
    if (!memory.reserve(size - bytes.length)) {
      throw Problem.overloaded();
    }
    bytes = Arrays.copyOf(bytes, size);
  }

  byte[] bytes() {
    return bytes;
  }

  int length() {
    return length;
  }

  @Override
  public void close() {
    memory.release(bytes.length);
    bytes = new byte[0];
  }
}
