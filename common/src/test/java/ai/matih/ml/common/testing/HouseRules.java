package ai.matih.ml.common.testing;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The architecture that every service keeps, as rules over its compiled classes.
 *
 * <p>A service is a root package with one package per capability; a capability holds its rules, use
 * cases and ports, and below it lie its edges: {@code web}, {@code store} and one package per
 * outside system.
 */
public final class HouseRules {

  private final String root;
  private final JavaClasses classes;
  private final List<ArchRule> rules = new ArrayList<>();
  private final Set<String> adapters = new HashSet<>();
  private Set<String> edges = Set.of();
  private Set<String> excepted = Set.of();
  private List<String> annotations = List.of();

  private HouseRules(String root) {
    this.root = root;
    this.classes =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(root);
  }

  /**
   * The rules of one module, none of them checked yet.
   *
   * @param root the module's root package
   */
  public static HouseRules of(String root) {
    return new HouseRules(root);
  }

  /** Top-level packages without rules of their own: each is an edge as a whole. */
  public HouseRules edges(String... names) {
    edges = Set.of(names);
    return this;
  }

  /**
   * Only one edge knows an outside system's client.
   *
   * @param edge the name of a package, on any level
   * @param client packages of the client
   */
  public HouseRules onlyIn(String edge, String... client) {
    adapters.add(edge);
    rules.add(
        noClasses()
            .that()
            .resideOutsideOfPackages(root + ".." + edge + "..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(client)
            .because("only the package '" + edge + "' knows that system's client"));
    return this;
  }

  /** Packages of annotations that rules of this module carry though they belong to a framework. */
  public HouseRules annotatedWith(String... packages) {
    annotations = List.of(packages);
    return this;
  }

  /** Classes, by simple name, that no rule but the one about cycles looks at; each has a reason. */
  public HouseRules except(String... names) {
    excepted = Set.of(names);
    return this;
  }

  /** One capability, with all its edges, never touches some packages. */
  public HouseRules keepAway(String capability, String... packages) {
    rules.add(
        noClasses()
            .that()
            .resideInAPackage(root + "." + capability + "..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(packages));
    return this;
  }

  /** Checks everything; what is broken is told at once. */
  public void check() {
    addRulesOfAll();
    List<String> broken = new ArrayList<>();
    for (ArchRule rule : rules) {
      try {
        rule.allowEmptyShould(true).check(classes);
      } catch (AssertionError e) {
        broken.add(e.getMessage());
      }
    }
    if (classes.isEmpty()) {
      broken.add("no class below " + root);
    }
    if (!broken.isEmpty()) {
      throw new AssertionError(String.join("\n\n", broken));
    }
  }

  private void addRulesOfAll() {
    rules.add(slices().matching(root + ".(*)..").should().beFreeOfCycles());
    rules.add(
        noClasses()
            .that(lieDirectlyInACapability())
            .and(areNotWiring())
            .should()
            .dependOnClassesThat(
                resideInAnyPackage(
                        "org.springframework..",
                        "jakarta..",
                        "java.sql..",
                        "org.hibernate..",
                        "io.minio..",
                        "io.micrometer..")
                    .and(not(resideInAnyPackage(annotations.toArray(String[]::new)))))
            .because("rules, use cases and ports are plain Java; edges know frameworks"));
    rules.add(
        classes()
            .should(stayOutOfOtherCapabilitiesEdges())
            .because("capabilities talk by use cases and ports, never through each other's edges"));
    rules.add(
        noClasses()
            .should()
            .haveNameMatching(".*(Manager|Helper|Utils?|Processor|Impl|Dto|DTO)")
            .because("such a name says nothing"));
    rules.add(
        noClasses()
            .that(lieDirectlyInACapability())
            .should()
            .callMethod(java.time.Instant.class, "now")
            .because("time comes in as an argument or a Clock"));
    rules.add(
        classes()
            .that()
            .areAnnotatedWith("org.springframework.web.bind.annotation.RestController")
            .should(lieIn("web"))
            .andShould()
            .bePackagePrivate());
    rules.add(
        noClasses()
            .that(doNotLieInAStore())
            .and(areNotWiring())
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                "org.springframework.jdbc..",
                "org.springframework.data.jpa..",
                "jakarta.persistence..",
                "java.sql..",
                "org.hibernate..")
            .because("only stores speak SQL"));
  }

  private DescribedPredicate<JavaClass> lieDirectlyInACapability() {
    return describe(
        "lie directly in a capability",
        type ->
            capability(type).filter(name -> !edges.contains(name)).isPresent()
                && edge(type).isEmpty());
  }

  private DescribedPredicate<JavaClass> areNotWiring() {
    return describe(
        "are neither settings nor configuration",
        type -> !type.getName().matches(".*(Configuration|Settings)(\\$.*)?") && isHeld(type));
  }

  /** In an edge of that name, or in a capability that is an edge as a whole. */
  private boolean liesIn(String edge, JavaClass type) {
    return List.of(type.getPackageName().split("\\.", -1)).contains(edge)
        || capability(type).filter(edges::contains).isPresent();
  }

  /** An adapter may reach its own system by JDBC. */
  private DescribedPredicate<JavaClass> doNotLieInAStore() {
    return describe(
        "do not lie in a store",
        type -> !liesIn("store", type) && adapters.stream().noneMatch(edge -> liesIn(edge, type)));
  }

  private ArchCondition<JavaClass> lieIn(String edge) {
    return new ArchCondition<>("lie in " + edge) {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        if (isHeld(type) && !liesIn(edge, type)) {
          events.add(
              SimpleConditionEvent.violated(type, type.getName() + " does not lie in " + edge));
        }
      }
    };
  }

  private ArchCondition<JavaClass> stayOutOfOtherCapabilitiesEdges() {
    return new ArchCondition<>("stay out of other capabilities' edges") {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        if (!isHeld(type)) {
          return;
        }
        for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
          JavaClass target = dependency.getTargetClass();
          Optional<String> other = capability(target);
          if (other.isPresent() && edge(target).isPresent() && !other.equals(capability(type))) {
            events.add(SimpleConditionEvent.violated(type, dependency.getDescription()));
          }
        }
      }
    };
  }

  private boolean isHeld(JavaClass type) {
    String outermost = type.getName().replaceAll("\\$.*", "").replaceAll(".*\\.", "");
    return !excepted.contains(outermost);
  }

  private Optional<String> capability(JavaClass type) {
    return step(type, 0);
  }

  private Optional<String> edge(JavaClass type) {
    return step(type, 1);
  }

  private Optional<String> step(JavaClass type, int index) {
    String name = type.getPackageName();
    if (!name.startsWith(root + ".")) {
      return Optional.empty();
    }
    List<String> steps = List.of(name.substring(root.length() + 1).split("\\.", -1));
    return steps.size() > index ? Optional.of(steps.get(index)) : Optional.empty();
  }
}
