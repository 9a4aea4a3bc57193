package ai.matih.ml.bundle;

import ai.matih.ml.bundle.BundleRefused.Part;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Refuses the model once it gave more bytes than it may have. */
final class BoundedStream extends FilterInputStream {

  private final long max;
  private long given;

  BoundedStream(InputStream in, long max) {
    super(in);
    this.max = max;
  }

  @Override
  public int read() throws IOException {
    int one = super.read();
    count(one < 0 ? 0 : 1);
    return one;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    int read = super.read(bytes, offset, length);
    count(Math.max(0, read));
    return read;
  }

  @Override
  public long skip(long length) throws IOException {
    long skipped = super.skip(length);
    count(skipped);
    return skipped;
  }

  private void count(long bytes) {
    given += bytes;
    if (given > max) {
      throw new BundleRefused(Part.MODEL, "The ONNX file is larger than " + max + " bytes.");
    }
  }
}
