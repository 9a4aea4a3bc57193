package ai.matih.ml.training.dataset;

import ai.matih.ml.common.storage.ObjectStore;
import java.time.Clock;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Wires the use cases of data sets. */
@Configuration
public class DatasetConfiguration {

  @Bean
  UploadDataset uploadDataset(
      Tables tables, ObjectStore store, Datasets datasets, DatasetSettings settings, Clock clock) {
    return new UploadDataset(tables, store, datasets, settings, clock);
  }
}
