package ai.matih.ml.registry.model.store;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.data.domain.Limit;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;

interface ModelRows extends Repository<ModelRow, UUID> {

  void save(ModelRow row);

  Optional<ModelRow> findById(String id);

  @Query(
      """
      select m from ModelRow m
      where m.id > :after and lower(m.name) like lower(concat('%', :part, '%')) escape '\\' order by m.id
      """)
  List<ModelRow> list(String after, String part, Limit limit);
}
