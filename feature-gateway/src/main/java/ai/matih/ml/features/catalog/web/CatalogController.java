package ai.matih.ml.features.catalog.web;

import ai.matih.ml.common.page.Page;
import ai.matih.ml.common.page.PageRequest;
import ai.matih.ml.common.page.PageToken;
import ai.matih.ml.common.problem.ErrorCode;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.security.Allow;
import ai.matih.ml.common.security.Caller;
import ai.matih.ml.common.security.Permission;
import ai.matih.ml.features.FeaturesError;
import ai.matih.ml.features.catalog.Catalogue;
import ai.matih.ml.features.catalog.Catalogue.Contents;
import ai.matih.ml.features.catalog.Declaration;
import ai.matih.ml.features.catalog.Declaration.EntityDocument;
import ai.matih.ml.features.catalog.Declaration.ServiceDocument;
import ai.matih.ml.features.catalog.Declaration.SourceDocument;
import ai.matih.ml.features.catalog.Declaration.ViewDocument;
import ai.matih.ml.features.catalog.DeclareDocument;
import ai.matih.ml.features.catalog.DeclaredDocument;
import ai.matih.ml.features.catalog.web.Shown.EntityEntry;
import ai.matih.ml.features.catalog.web.Shown.ServiceEntry;
import ai.matih.ml.features.catalog.web.Shown.SourceEntry;
import ai.matih.ml.features.catalog.web.Shown.ViewEntry;
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
    Contents contents = catalogue.read(caller.tenant());
    Search search = new Search(q, entity, owner, tag, service);
    return page(
        contents.definitions().views().values().stream()
            .map(view -> Shown.view(view, contents))
            .filter(search::finds),
        ViewEntry::name,
        page);
  }

  @GetMapping("/entities")
  @Allow(Permission.FEATURES_READ)
  @Operation(summary = "Entities and their join keys")
  Page<EntityEntry> entities(PageRequest page, Caller caller) {
    Contents contents = catalogue.read(caller.tenant());
    return page(
        contents.definitions().entities().values().stream().map(e -> Shown.entity(e, contents)),
        EntityEntry::name,
        page);
  }

  @GetMapping("/sources")
  @Allow(Permission.FEATURES_READ)
  @Operation(summary = "Sources of views")
  Page<SourceEntry> sources(PageRequest page, Caller caller) {
    Contents contents = catalogue.read(caller.tenant());
    return page(
        contents.definitions().sources().values().stream().map(s -> Shown.source(s, contents)),
        SourceEntry::name,
        page);
  }

  @GetMapping("/services")
  @Allow(Permission.FEATURES_READ)
  @Operation(summary = "Feature services")
  Page<ServiceEntry> services(PageRequest page, Caller caller) {
    Contents contents = catalogue.read(caller.tenant());
    return page(
        contents.definitions().services().values().stream().map(s -> Shown.service(s, contents)),
        ServiceEntry::name,
        page);
  }

  @GetMapping("/{view}")
  @Allow(Permission.FEATURES_READ)
  @Operation(summary = "One view")
  ResponseEntity<ViewEntry> view(@PathVariable String view, Caller caller) {
    Contents contents = catalogue.read(caller.tenant());
    ViewEntry entry =
        Optional.ofNullable(contents.definitions().views().get(view))
            .map(v -> Shown.view(v, contents))
            .orElseThrow(() -> missing(FeaturesError.VIEW_NOT_FOUND, "feature view", view));
    return answer(HttpStatus.OK, entry.revision(), entry);
  }

  @GetMapping("/entities/{entity}")
  @Allow(Permission.FEATURES_READ)
  @Operation(summary = "One entity")
  ResponseEntity<EntityEntry> entity(@PathVariable String entity, Caller caller) {
    Contents contents = catalogue.read(caller.tenant());
    EntityEntry entry =
        Optional.ofNullable(contents.definitions().entities().get(entity))
            .map(e -> Shown.entity(e, contents))
            .orElseThrow(() -> missing(FeaturesError.ENTITY_NOT_FOUND, "entity", entity));
    return answer(HttpStatus.OK, entry.revision(), entry);
  }

  @GetMapping("/sources/{source}")
  @Allow(Permission.FEATURES_READ)
  @Operation(summary = "One source")
  ResponseEntity<SourceEntry> source(@PathVariable String source, Caller caller) {
    Contents contents = catalogue.read(caller.tenant());
    SourceEntry entry =
        Optional.ofNullable(contents.definitions().sources().get(source))
            .map(s -> Shown.source(s, contents))
            .orElseThrow(() -> missing(FeaturesError.SOURCE_NOT_FOUND, "source", source));
    return answer(HttpStatus.OK, entry.revision(), entry);
  }

  @GetMapping("/services/{service}")
  @Allow(Permission.FEATURES_READ)
  @Operation(summary = "One feature service")
  ResponseEntity<ServiceEntry> service(@PathVariable String service, Caller caller) {
    Contents contents = catalogue.read(caller.tenant());
    ServiceEntry entry =
        Optional.ofNullable(contents.definitions().services().get(service))
            .map(s -> Shown.service(s, contents))
            .orElseThrow(
                () -> missing(FeaturesError.SERVICE_NOT_FOUND, "feature service", service));
    return answer(HttpStatus.OK, entry.revision(), entry);
  }

  @PutMapping("/{view}")
  @Allow(Permission.FEATURES_WRITE)
  @Operation(summary = "Declare or change a view")
  ResponseEntity<ViewEntry> putView(
      @PathVariable String view,
      @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch,
      @Valid @RequestBody ViewDocument document,
      Caller caller) {
    DeclaredDocument stored = declared(view, document, ifMatch, caller);
    return answer(created(stored), Optional.of(stored.revision()), view(view, caller).getBody());
  }

  @PutMapping("/entities/{entity}")
  @Allow(Permission.FEATURES_WRITE)
  @Operation(summary = "Declare or change an entity")
  ResponseEntity<EntityEntry> putEntity(
      @PathVariable String entity,
      @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch,
      @Valid @RequestBody EntityDocument document,
      Caller caller) {
    DeclaredDocument stored = declared(entity, document, ifMatch, caller);
    return answer(
        created(stored), Optional.of(stored.revision()), entity(entity, caller).getBody());
  }

  @PutMapping("/sources/{source}")
  @Allow(Permission.FEATURES_WRITE)
  @Operation(summary = "Declare or change a source")
  ResponseEntity<SourceEntry> putSource(
      @PathVariable String source,
      @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch,
      @Valid @RequestBody SourceDocument document,
      Caller caller) {
    DeclaredDocument stored = declared(source, document, ifMatch, caller);
    return answer(
        created(stored), Optional.of(stored.revision()), source(source, caller).getBody());
  }

  @PutMapping("/services/{service}")
  @Allow(Permission.FEATURES_WRITE)
  @Operation(summary = "Declare or change a feature service")
  ResponseEntity<ServiceEntry> putService(
      @PathVariable String service,
      @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch,
      @Valid @RequestBody ServiceDocument document,
      Caller caller) {
    DeclaredDocument stored = declared(service, document, ifMatch, caller);
    return answer(
        created(stored), Optional.of(stored.revision()), service(service, caller).getBody());
  }

  private DeclaredDocument declared(
      String name, Declaration document, @Nullable String ifMatch, Caller caller) {
    return declare.declare(
        new DeclareDocument.Change(
            caller.tenant(), name, document, Revision.ifMatch(ifMatch), caller.actor()));
  }

  private static HttpStatus created(DeclaredDocument stored) {
    return stored.revision() == 1 && stored.appliedRevision() == 0
        ? HttpStatus.CREATED
        : HttpStatus.OK;
  }

  private static <T> ResponseEntity<T> answer(
      HttpStatus status, Optional<Long> revision, @Nullable T entry) {
    ResponseEntity.BodyBuilder answer = ResponseEntity.status(status);
    revision.ifPresent(r -> answer.eTag(Revision.tag(r)));
    return answer.body(entry);
  }

  private static Problem missing(ErrorCode code, String kind, String name) {
    return new Problem(code, "There is no " + kind + " " + name + ".").with("name", name);
  }

  /** Lists are small (one tenant's definitions); they are cut in memory, ordered by name. */
  private static <T> Page<T> page(Stream<T> entries, Function<T, String> name, PageRequest page) {
    Optional<String> after = page.after(1).map(t -> t.parts().getFirst());
    List<T> rows =
        entries
            .sorted(Comparator.comparing(name))
            .dropWhile(e -> after.isPresent() && name.apply(e).compareTo(after.get()) <= 0)
            .limit(page.limit())
            .toList();
    return Page.cut(rows, page, e -> PageToken.of(name.apply(e)));
  }
}
