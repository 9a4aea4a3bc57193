package ai.matih.ml.training.dataset.store;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.data.domain.Limit;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;

interface DatasetRows extends Repository<DatasetRow, UUID> {

  DatasetRow save(DatasetRow row);

  void delete(DatasetRow row);

  Optional<DatasetRow> findByNameAndDigest(String name, String digest);

  List<DatasetRow> findByNameOrderByUploadedAtDesc(String name, Limit limit);

  @Query(
      """
      select d from DatasetRow d
      where d.name > :after and d.name like :pattern escape '\\'
        and d.uploadedAt = (select max(o.uploadedAt) from DatasetRow o where o.name = d.name)
      order by d.name
      """)
  List<DatasetRow> current(String after, String pattern, Limit limit);
}
