package ai.matih.ml.serving.deployment;

import ai.matih.ml.serving.ModelId;
import java.util.Optional;

/**
 * Asks the registry about versions. Repeatable; empty when the registry knows no such version; an
 * engine failure when it is away.
 */
public interface Registry {

  Optional<RegisteredVersion> version(ModelId model, long version);
}
