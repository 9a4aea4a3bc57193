package ai.matih.ml.common.dataplane;

import java.util.concurrent.atomic.AtomicLong;
import org.springframework.util.unit.DataSize;

/** What large bodies may take together, by whichever listener they come and once unpacked. */
public final class BodyMemory {

  private final long most;
  private final AtomicLong reserved = new AtomicLong();

  public BodyMemory(DataSize most) {
    this.most = most.toBytes();
  }

  /** Takes a part; false when there is not so much left. */
  public boolean reserve(long bytes) {
    if (reserved.addAndGet(bytes) <= most) {
      return true;
    }
    reserved.addAndGet(-bytes);
    return false;
  }

  public void release(long bytes) {
    reserved.addAndGet(-bytes);
  }
}
