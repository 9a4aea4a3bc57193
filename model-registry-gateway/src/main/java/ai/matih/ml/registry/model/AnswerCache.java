package ai.matih.ml.registry.model;

import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.common.tenant.TenantScope;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;

/**
 * Answers to people who read models, cached until something about them changes. Whatever decides,
 * the gate above all, reads the database and never asks here.
 *
 * <p>The replica that changes a model invalidates before it answers. The others hear of it from the
 * database within milliseconds; while they cannot hear, nothing is cached, and no answer lives
 * longer than a few seconds in case the line is dead without anybody knowing.
 */
public final class AnswerCache {

  /** Rows in all cached answers together; an answer counts as one more. */
  static final int MOST_ROWS = 20_000;

  static final Duration LONGEST = Duration.ofSeconds(5);

  private final BooleanSupplier listening;
  private final Cache<Subject, State> states;
  private final Cache<Key, Answer> answers;

  /** What an answer is about: one model, or all of a tenant's. */
  private record Subject(Tenant tenant, Optional<ModelId> model) {}

  /** A subject between two of its changes, and what has been answered of it. */
  private static final class State {
    private final Set<Key> answered = ConcurrentHashMap.newKeySet();
  }

  private record Key(State state, Object question) {}

  private record Answer(Object value, int rows) {}

  /**
   * @param listening whether changes made elsewhere are heard of
   */
  public AnswerCache(BooleanSupplier listening, LongSupplier nanoTime) {
    this.listening = listening;
    this.states = caches(nanoTime).expireAfterAccess(LONGEST).maximumSize(MOST_ROWS).build();
    this.answers =
        caches(nanoTime)
            .expireAfterWrite(LONGEST)
            .maximumWeight(MOST_ROWS)
            .<Key, Answer>weigher((_, answer) -> answer.rows())
            .build();
  }

  private static Caffeine<Object, Object> caches(LongSupplier nanoTime) {
    return Caffeine.newBuilder().ticker(nanoTime::getAsLong).executor(Runnable::run);
  }

  /**
   * The answer to a question about one model, cached or read.
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
    // A change meanwhile makes another state; what is then put under this one is never found.
    State state = states.get(new Subject(TenantScope.require(), model), _ -> new State());
    Key key = new Key(state, question);
    Answer known = answers.getIfPresent(key);
    if (known != null) {
      return (T) known.value();
    }
    T answer = read.get();
    state.answered.add(key);
    answers.put(key, new Answer(answer, size.applyAsInt(answer) + 1));
    return answer;
  }

  /** Something about the model changed. */
  public void invalidate(Tenant tenant, ModelId model) {
    invalidate(new Subject(tenant, Optional.of(model)));
    invalidate(new Subject(tenant, Optional.empty()));
  }

  private void invalidate(Subject subject) {
    State before = states.asMap().remove(subject);
    if (before != null) {
      answers.invalidateAll(before.answered);
    }
  }

  /** Anything may have changed. */
  public void invalidateAll() {
    states.invalidateAll();
    answers.invalidateAll();
  }

  /** Rows that are cached now. */
  long rows() {
    answers.cleanUp();
    return answers.policy().eviction().orElseThrow().weightedSize().orElse(0);
  }
}
