package ai.matih.ml.registry.model;

import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.common.tenant.TenantScope;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;

/**
 * Answers to people who read models, cached until something about them changes. Whatever decides,
 * the gate above all, reads the database and never asks here.
 *
 * <p>The replica that changes a model forgets before it answers. The others hear of it from the
 * database within milliseconds; while they cannot hear, nothing is remembered, and no answer lives
 * longer than a few seconds in case the line is dead without anybody knowing.
 */
public final class AnswerCache {

  /** Rows in all cached answers together; an answer counts as one more. */
  static final int MOST_ROWS = 20_000;

  static final Duration LONGEST = Duration.ofSeconds(5);

  private final BooleanSupplier listening;
  private final LongSupplier nanoTime;
  private final Map<Subject, Map<Object, Remembered>> subjects = new ConcurrentHashMap<>();
  private final AtomicInteger rows = new AtomicInteger();

  /** What an answer is about: one model, or all of a tenant's. */
  private record Subject(Tenant tenant, Optional<ModelId> model) {}

  private record Remembered(Object answer, long since) {}

  /**
   * @param listening whether changes made elsewhere are heard of
   */
  public AnswerCache(BooleanSupplier listening, LongSupplier nanoTime) {
    this.listening = listening;
    this.nanoTime = nanoTime;
  }

  /**
   * The answer to a question about one model, remembered or looked up.
   *
   * @param question equal for equal questions about this model, which have one type of answer
   * @param size how many rows an answer has
   * @param read reads the database in a transaction of its own
   */
  public <T> T of(ModelId model, Object question, ToIntFunction<T> size, Supplier<T> read) {
    return answer(Optional.of(model), question, size, read);
  }

  /** The same for a question about all models of the tenant. */
  public <T> T ofAll(Object question, ToIntFunction<T> size, Supplier<T> read) {
    return answer(Optional.empty(), question, size, read);
  }

  @SuppressWarnings("unchecked")
  private <T> T answer(
      Optional<ModelId> model, Object question, ToIntFunction<T> size, Supplier<T> read) {
    if (!listening.getAsBoolean()) {
      return read.get();
    }
    Subject subject = new Subject(TenantScope.require(), model);
    // A change meanwhile takes this map away; what is then put into it is never found.
    Map<Object, Remembered> answers =
        subjects.computeIfAbsent(subject, _ -> new ConcurrentHashMap<>());
    Remembered known = answers.get(question);
    long now = nanoTime.getAsLong();
    if (known != null && now - known.since() < LONGEST.toNanos()) {
      return (T) known.answer();
    }
    try {
      T answer = read.get();
      if (rows.addAndGet(size.applyAsInt(answer) + 1) > MOST_ROWS) {
        invalidateAll();
      } else {
        answers.put(question, new Remembered(answer, now));
      }
      return answer;
    } finally {
      // Models that were never there leave nothing behind.
      if (answers.isEmpty()) {
        subjects.remove(subject, answers);
      }
    }
  }

  /** Something about the model changed. */
  public void invalidate(Tenant tenant, ModelId model) {
    subjects.remove(new Subject(tenant, Optional.of(model)));
    subjects.remove(new Subject(tenant, Optional.empty()));
  }

  /** Anything may have changed. */
  public void invalidateAll() {
    subjects.clear();
    rows.set(0);
  }
}
