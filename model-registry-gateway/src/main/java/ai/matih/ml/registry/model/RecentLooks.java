package ai.matih.ml.registry.model;

import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.common.tenant.TenantScope;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;

/**
 * Answers to people who look at a model, remembered until something about it changes. Whatever
 * decides, the gate above all, reads the database and never asks here.
 *
 * <p>The replica that changes a model forgets before it answers. The others hear of it from the
 * database within milliseconds; while they cannot hear, nothing is remembered, and no answer lives
 * longer than a few seconds in case the line is dead without anybody knowing.
 */
public final class RecentLooks {

  /** Rows in all remembered answers together. */
  static final int MOST_ROWS = 20_000;

  static final Duration LONGEST = Duration.ofSeconds(5);

  private final BooleanSupplier listening;
  private final LongSupplier nanoTime;
  private final Map<Key, Map<Object, Remembered>> models = new ConcurrentHashMap<>();
  private final AtomicInteger rows = new AtomicInteger();

  private record Key(Tenant tenant, ModelId model) {}

  private record Remembered(Object answer, long since) {}

  /**
   * @param listening whether changes made elsewhere are heard of
   */
  public RecentLooks(BooleanSupplier listening, LongSupplier nanoTime) {
    this.listening = listening;
    this.nanoTime = nanoTime;
  }

  /**
   * The answer to a question, remembered or looked up.
   *
   * @param question equal for equal questions about this model, which have one type of answer
   * @param size how many rows an answer has
   * @param look reads the database in a transaction of its own
   */
  @SuppressWarnings("unchecked")
  public <T> T at(ModelId model, Object question, ToIntFunction<T> size, Supplier<T> look) {
    if (!listening.getAsBoolean()) {
      return look.get();
    }
    // A change meanwhile takes this map away; what is then put into it is never found.
    Map<Object, Remembered> answers =
        models.computeIfAbsent(
            new Key(TenantScope.require(), model), _ -> new ConcurrentHashMap<>());
    Remembered known = answers.get(question);
    long now = nanoTime.getAsLong();
    if (known != null && now - known.since() < LONGEST.toNanos()) {
      return (T) known.answer();
    }
    T answer = look.get();
    if (rows.addAndGet(size.applyAsInt(answer)) > MOST_ROWS) {
      forgetAll();
    } else {
      answers.put(question, new Remembered(answer, now));
    }
    return answer;
  }

  /** Something about the model changed. */
  public void forget(Tenant tenant, ModelId model) {
    models.remove(new Key(tenant, model));
  }

  /** Anything may have changed. */
  public void forgetAll() {
    models.clear();
    rows.set(0);
  }
}
