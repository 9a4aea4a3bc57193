package ai.matih.ml.features;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ArchitectureTests {

  private static final String ROOT = "ai.matih.ml.features";
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages(ROOT);

  @Test
  void capabilities_do_not_depend_on_each_other_in_circles() {
    slices().matching(ROOT + ".(*)..").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void capabilities_use_spring_only_in_settings_and_configurations() {
    noClasses()
        .that()
        .resideInAnyPackage(
            ROOT + ".definition",
            ROOT + ".online",
            ROOT + ".historical",
            ROOT + ".catalog",
            ROOT + ".materialization")
        .and()
        .haveSimpleNameNotEndingWith("Settings")
        .and()
        .haveSimpleNameNotEndingWith("Configuration")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.springframework..")
        .check(CLASSES);
  }

  @Test
  void only_the_adapter_knows_feasts_messages() {
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + ".feast..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("com.google.protobuf..", ROOT + ".feast..")
        .check(CLASSES);
  }

  @Test
  void only_web_packages_know_http() {
    classes()
        .that()
        .areAnnotatedWith("org.springframework.web.bind.annotation.RestController")
        .should()
        .resideInAPackage("..web")
        .andShould()
        .bePackagePrivate()
        .check(CLASSES);
  }
}
