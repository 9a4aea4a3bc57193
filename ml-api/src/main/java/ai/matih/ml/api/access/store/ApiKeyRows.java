package ai.matih.ml.api.access.store;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.data.domain.Limit;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;

interface ApiKeyRows extends Repository<ApiKeyRow, UUID> {

  Optional<ApiKeyRow> findById(UUID id);

  Optional<ApiKeyRow> findByHash(String hash);

  Optional<ApiKeyRow> findByRequest(String request);

  ApiKeyRow save(ApiKeyRow row);

  ApiKeyRow saveAndFlush(ApiKeyRow row);

  @Query("select k from ApiKeyRow k order by k.createdAt desc, k.id desc")
  List<ApiKeyRow> newest(Limit limit);

  @Query(
      """
      select k from ApiKeyRow k
      where k.createdAt < :at or (k.createdAt = :at and k.id < :id)
      order by k.createdAt desc, k.id desc
      """)
  List<ApiKeyRow> newestAfter(Instant at, UUID id, Limit limit);

  @Query("select count(k) from ApiKeyRow k where k.revokedAt is null and k.expiresAt > :now")
  long countValid(Instant now);
}
