package ai.matih.ml.training.dataset;

import java.util.List;

/** Something that reads versions of data sets and needs them to stay. */
public interface DatasetUsers {

  /** What reads the version now, in words for people, such as {@code job 1f0c… (running)}. */
  List<String> of(DatasetVersion version);
}
