package ai.matih.ml.training.dataset;

import ai.matih.ml.common.storage.ObjectStore;
import java.time.Clock;
import java.util.List;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Wires the use cases of data sets. */
@Configuration
public class DatasetConfiguration {

  @Bean
  Readings readings(DatasetSettings settings) {
    return new Readings(settings);
  }

  @Bean
  UploadDataset uploadDataset(
      Tables tables,
      ObjectStore store,
      Datasets datasets,
      DatasetSettings settings,
      Clock clock,
      Readings readings) {
    return new UploadDataset(tables, store, datasets, settings, clock, readings);
  }

  @Bean
  PreviewDataset previewDataset(Tables tables, ObjectStore store, Readings readings) {
    return new PreviewDataset(tables, store, readings);
  }

  @Bean
  DeleteDataset deleteDataset(Datasets datasets, ObjectStore store, List<DatasetUsers> users) {
    return new DeleteDataset(datasets, store, users);
  }
}
