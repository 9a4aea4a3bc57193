package ai.matih.ml.verifier;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class IndependenceTests {

  @Test
  void the_verifier_shares_no_code_with_what_it_verifies() {
    var verifier =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("ai.matih.ml");

    classes()
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "java..",
            "javax.xml.stream..",
            "tools.jackson..",
            "picocli..",
            "org.jspecify..",
            "ai.matih.ml.verifier..")
        .because("an error of the registry must not hide itself, and an auditor takes it alone")
        .check(verifier);
  }
}
