package ai.matih.ml.serving;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The architecture ... */
class ArchitectureTests {

  private static final JavaClasses CODE =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("ai.matih.ml.serving");

  private static final String[] CAPABILITIES = {
    "ai.matih.ml.serving.engine",
    "ai.matih.ml.serving.traffic",
    "ai.matih.ml.serving.abtest",
    "ai.matih.ml.serving.deployment",
    "ai.matih.ml.serving.routing",
    "ai.matih.ml.serving.prediction",
    "ai.matih.ml.serving.bundlecheck"
  };

  @Test
  void has_no_cycle_between_capabilities() {
    slices().matching("ai.matih.ml.serving.(*)..").should().beFreeOfCycles().check(CODE);
  }

  @Test
  void keeps_spring_out_of_the_rules() {
    noClasses()
        .that()
        .resideInAnyPackage(CAPABILITIES)
        .and()
        .haveSimpleNameNotEndingWith("Settings")
        .and()
        .haveNameNotMatching(".*Configuration(\\$.*)?")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.springframework..", "jakarta..", "java.sql..")
        .check(CODE);
  }

  @Test
  void lets_only_the_onnx_package_see_onnx_runtime() {
    noClasses()
        .that()
        .resideOutsideOfPackage("ai.matih.ml.serving.engine.onnx..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("ai.onnxruntime..")
        .check(CODE);
  }

  @Test
  void lets_only_stores_speak_sql() {
    noClasses()
        .that()
        .resideOutsideOfPackages("..store..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.springframework.jdbc..", "java.sql..")
        .check(CODE);
  }

  @Test
  void keeps_the_prediction_path_away_from_the_database() {
    noClasses()
        .that()
        .resideInAPackage("ai.matih.ml.serving.prediction..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("..store..", "org.springframework.jdbc..", "jakarta.persistence..")
        .check(CODE);
  }

  @Test
  void hides_controllers() {
    classes().that().haveSimpleNameEndingWith("Controller").should().bePackagePrivate().check(CODE);
  }
}
