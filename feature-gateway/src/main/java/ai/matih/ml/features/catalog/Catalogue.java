package ai.matih.ml.features.catalog;

import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.features.catalog.Declaration.Kind;
import ai.matih.ml.features.definition.Definitions;
import ai.matih.ml.features.definition.DefinitionsSource;
import java.util.List;
import java.util.Optional;

/** Reads the catalogue: what Feast has, with what was declared laid over it. */
public final class Catalogue {

  private final DefinitionsSource feast;
  private final Declarations declarations;

  public Catalogue(DefinitionsSource feast, Declarations declarations) {
    this.feast = feast;
    this.declarations = declarations;
  }

  /** How things are meant to be, and the documents that say so. */
  public record Contents(Definitions definitions, List<DeclaredDocument> declared) {

    /** The declaration of a thing; absent for what a Feast client made. */
    public Optional<DeclaredDocument> declaration(Kind kind, String name) {
      return declared.stream()
          .filter(d -> d.content().kind() == kind && d.name().equals(name))
          .findFirst();
    }
  }

  public Contents read(Tenant tenant) {
    Definitions observed = feast.of(tenant);
    List<DeclaredDocument> declared = declarations.all();
    return new Contents(DesiredDefinitions.of(observed, declared), declared);
  }
}
