package ai.matih.ml.common.testing;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleNameEndingWith;
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
import java.util.List;
import java.util.Map;
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
  private final Set<String> flatEdges;

  private HouseRules(String root, Set<String> flatEdges) {
    this.root = root;
    this.flatEdges = Set.copyOf(flatEdges);
  }

  /**
   * Checks all rules.
   *
   * @param root the service's root package
   * @param flatEdges capabilities without rules of their own, which are one edge as a whole
   * @param clients packages of outside systems' clients, by the name of the edge package that may
   *     use them
   */
  public static void check(String root, Set<String> flatEdges, Map<String, List<String>> clients) {
    JavaClasses classes =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(root);
    List<String> broken = new ArrayList<>();
    for (ArchRule rule : new HouseRules(root, flatEdges).rules(clients)) {
      try {
        rule.allowEmptyShould(true).check(classes);
      } catch (AssertionError e) {
        broken.add(e.getMessage());
      }
    }
    if (!broken.isEmpty()) {
      throw new AssertionError(String.join("\n\n", broken));
    }
  }

  private List<ArchRule> rules(Map<String, List<String>> clients) {
    List<ArchRule> rules = new ArrayList<>();
    rules.add(slices().matching(root + ".(*)..").should().beFreeOfCycles());
    rules.add(
        noClasses()
            .that(lieDirectlyInACapability())
            .and(not(simpleNameEndingWith("Configuration")))
            .and(not(simpleNameEndingWith("Settings")))
            .should()
            .dependOnClassesThat(
                resideInAnyPackage(
                    "org.springframework..",
                    "jakarta.persistence..",
                    "jakarta.servlet..",
                    "org.hibernate..",
                    "io.minio.."))
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
    clients.forEach(
        (edge, packages) ->
            rules.add(
                noClasses()
                    .that()
                    .resideOutsideOfPackages(root + ".." + edge + "..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(packages.toArray(String[]::new))
                    .because("only the package '" + edge + "' knows that system's client")));
    return rules;
  }

  private DescribedPredicate<JavaClass> lieDirectlyInACapability() {
    return DescribedPredicate.describe(
        "lie directly in a capability",
        type ->
            capability(type).filter(name -> !flatEdges.contains(name)).isPresent()
                && edge(type).isEmpty());
  }

  private ArchCondition<JavaClass> stayOutOfOtherCapabilitiesEdges() {
    return new ArchCondition<>("stay out of other capabilities' edges") {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
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
