package ai.matih.ml.features.catalog.web;

import ai.matih.ml.common.page.Page;
import ai.matih.ml.common.page.PageRequest;
import ai.matih.ml.common.page.PageToken;
import ai.matih.ml.common.problem.ErrorCode;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.security.Allow;
import ai.matih.ml.common.security.Caller;
import ai.matih.ml.common.security.Permission;
import ai.matih.ml.common.web.Answers;
import ai.matih.ml.features.FeaturesError;
import ai.matih.ml.features.catalog.Catalogue;
import ai.matih.ml.features.catalog.Declaration;
import ai.matih.ml.features.catalog.Declaration.EntityDocument;
import ai.matih.ml.features.catalog.Declaration.ServiceDocument;
import ai.matih.ml.features.catalog.Declaration.SourceDocument;
import ai.matih.ml.features.catalog.Declaration.ViewDocument;
import ai.matih.ml.features.catalog.DeclareDocument;
import ai.matih.ml.features.catalog.DeclaredDocument;
import ai.matih.ml.features.catalog.web.CatalogEntries.EntityEntry;
import ai.matih.ml.features.catalog.web.CatalogEntries.Entry;
import ai.matih.ml.features.catalog.web.CatalogEntries.ServiceEntry;
import ai.matih.ml.features.catalog.web.CatalogEntries.SourceEntry;
import ai.matih.ml.features.catalog.web.CatalogEntries.ViewEntry;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/api/v1/ml/features")
@Tag(name = "features")
class CatalogController {

  private final Catalogue catalogue;
  private final DeclareDocument declare;

  CatalogController(Catalogue catalogue, DeclareDocument declare) {
    this.catalogue = catalogue;
    this.declare = declare;
  }

  @GetMapping
  @Allow(Permission.FEATURES_READ)
  @Operation(summary = "The catalogue: views with features, keys, owner, tags, age and readers")
  Page<ViewEntry> list(
      @RequestParam Optional<String> q,
      @RequestParam Optional<String> entity,
      @RequestParam Optional<String> owner,
      @RequestParam Optional<String> tag,
      @RequestParam Optional<String> service,
      PageRequest page,
      Caller caller) {
    Search search = new Search(q, entity, owner, tag, service);
    return page(entries(caller).views().filter(search::finds), page);
  }

  @GetMapping("/{view}")
  @Allow(Permission.FEATURES_READ)
  @Operation(summary = "One view")
  ResponseEntity<ViewEntry> view(@PathVariable String view, Caller caller) {
    return one(entries(caller).views(), view, FeaturesError.VIEW_NOT_FOUND, "feature view");
  }

  @PutMapping("/{view}")
  @Allow(Permission.FEATURES_WRITE)
  @Operation(summary = "Declare or change a view")
  @Answers({200, 201})
  ResponseEntity<ViewEntry> putView(
      @PathVariable String view,
      @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch,
      @Valid @RequestBody ViewDocument document,
      Caller caller) {
    return declared(view, document, ifMatch, caller, CatalogEntries::views);
  }

  @GetMapping("/entities")
  @Allow(Permission.FEATURES_READ)
  @Operation(summary = "Entities and their join keys")
  Page<EntityEntry> entities(PageRequest page, Caller caller) {
    return page(entries(caller).entities(), page);
  }

  @GetMapping("/entities/{entity}")
  @Allow(Permission.FEATURES_READ)
  @Operation(summary = "One entity")
  ResponseEntity<EntityEntry> entity(@PathVariable String entity, Caller caller) {
    return one(entries(caller).entities(), entity, FeaturesError.ENTITY_NOT_FOUND, "entity");
  }

  @PutMapping("/entities/{entity}")
  @Allow(Permission.FEATURES_WRITE)
  @Operation(summary = "Declare or change an entity")
  @Answers({200, 201})
  ResponseEntity<EntityEntry> putEntity(
      @PathVariable String entity,
      @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch,
      @Valid @RequestBody EntityDocument document,
      Caller caller) {
    return declared(entity, document, ifMatch, caller, CatalogEntries::entities);
  }

  @GetMapping("/sources")
  @Allow(Permission.FEATURES_READ)
  @Operation(summary = "Sources of views")
  Page<SourceEntry> sources(PageRequest page, Caller caller) {
    return page(entries(caller).sources(), page);
  }

  @GetMapping("/sources/{source}")
  @Allow(Permission.FEATURES_READ)
  @Operation(summary = "One source")
  ResponseEntity<SourceEntry> source(@PathVariable String source, Caller caller) {
    return one(entries(caller).sources(), source, FeaturesError.SOURCE_NOT_FOUND, "source");
  }

  @PutMapping("/sources/{source}")
  @Allow(Permission.FEATURES_WRITE)
  @Operation(summary = "Declare or change a source")
  @Answers({200, 201})
  ResponseEntity<SourceEntry> putSource(
      @PathVariable String source,
      @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch,
      @Valid @RequestBody SourceDocument document,
      Caller caller) {
    return declared(source, document, ifMatch, caller, CatalogEntries::sources);
  }

  @GetMapping("/services")
  @Allow(Permission.FEATURES_READ)
  @Operation(summary = "Feature services")
  Page<ServiceEntry> services(PageRequest page, Caller caller) {
    return page(entries(caller).services(), page);
  }

  @GetMapping("/services/{service}")
  @Allow(Permission.FEATURES_READ)
  @Operation(summary = "One feature service")
  ResponseEntity<ServiceEntry> service(@PathVariable String service, Caller caller) {
    return one(
        entries(caller).services(), service, FeaturesError.SERVICE_NOT_FOUND, "feature service");
  }

  @PutMapping("/services/{service}")
  @Allow(Permission.FEATURES_WRITE)
  @Operation(summary = "Declare or change a feature service")
  @Answers({200, 201})
  ResponseEntity<ServiceEntry> putService(
      @PathVariable String service,
      @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch,
      @Valid @RequestBody ServiceDocument document,
      Caller caller) {
    return declared(service, document, ifMatch, caller, CatalogEntries::services);
  }

  private CatalogEntries entries(Caller caller) {
    return new CatalogEntries(catalogue.read(caller.tenant()));
  }

  private <E extends Entry> ResponseEntity<E> declared(
      String name,
      Declaration document,
      @Nullable String ifMatch,
      Caller caller,
      Function<CatalogEntries, Stream<E>> entries) {
    DeclaredDocument stored =
        declare.declare(
            new DeclareDocument.Change(
                caller.tenant(), name, document, Revision.ifMatch(ifMatch), caller.actor()));
    boolean created = stored.revision() == 1 && stored.appliedRevision() == 0;
    return ResponseEntity.status(created ? HttpStatus.CREATED : HttpStatus.OK)
        .eTag(Revision.tag(stored.revision()))
        .body(named(entries.apply(entries(caller)), name).orElseThrow());
  }

  private static <E extends Entry> ResponseEntity<E> one(
      Stream<E> entries, String name, ErrorCode missing, String kind) {
    E entry =
        named(entries, name)
            .orElseThrow(
                () ->
                    new Problem(missing, "There is no " + kind + " " + name + ".")
                        .with("name", name));
    ResponseEntity.BodyBuilder answer = ResponseEntity.ok();
    entry.revision().ifPresent(revision -> answer.eTag(Revision.tag(revision)));
    return answer.body(entry);
  }

  private static <E extends Entry> Optional<E> named(Stream<E> entries, String name) {
    return entries.filter(entry -> entry.name().equals(name)).findFirst();
  }

  /** Lists are small (one tenant's definitions); they are cut in memory, ordered by name. */
  private static <E extends Entry> Page<E> page(Stream<E> entries, PageRequest page) {
    Optional<String> after = page.after(1).map(t -> t.parts().getFirst());
    List<E> rows =
        entries
            .sorted(Comparator.comparing(Entry::name))
            .dropWhile(e -> after.isPresent() && e.name().compareTo(after.get()) <= 0)
            .limit(page.limit())
            .toList();
    return Page.cut(rows, page, e -> PageToken.of(e.name()));
  }
}
