package ai.matih.ml.registry.promotion;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.MethodModel;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.reflect.Method;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The exploration can fail: the shipped classes with one method made wrong are found out. Nothing
 * in them is prepared for it; the class files are changed as they are loaded.
 */
class MutantTests {

  private static final String OURS = "ai.matih.ml.registry.";
  private static final String HERE = OURS + "promotion.";
  private static final ClassDesc VERDICT = ClassDesc.of(HERE + "Verdict");
  private static final ClassDesc UUIDS = ClassDesc.of("java.util.UUID");
  private static final ClassDesc OPTIONAL = ClassDesc.of("java.util.Optional");

  /** Loads the whole service anew with one method replaced. */
  static final class Mutant extends ClassLoader {
    private final String type;
    private final String method;
    private final Consumer<CodeBuilder> body;
    private boolean done;

    Mutant(String type, String method, Consumer<CodeBuilder> body) {
      super(MutantTests.class.getClassLoader());
      this.type = type;
      this.method = method;
      this.body = body;
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (!name.startsWith(OURS)) {
        return super.loadClass(name, resolve);
      }
      synchronized (getClassLoadingLock(name)) {
        Class<?> loaded = findLoadedClass(name);
        if (loaded == null) {
          byte[] bytes = bytes(name);
          loaded = defineClass(name, bytes, 0, bytes.length);
        }
        return loaded;
      }
    }

    private byte[] bytes(String name) {
      try (InputStream file = getResourceAsStream(name.replace('.', '/') + ".class")) {
        if (file == null) {
          throw new IllegalStateException("no class file of " + name);
        }
        byte[] shipped = file.readAllBytes();
        return name.equals(OURS + type) ? mutated(shipped) : shipped;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private byte[] mutated(byte[] shipped) {
      ClassFile classes = ClassFile.of();
      ClassTransform replace =
          (builder, element) -> {
            if (element instanceof MethodModel m
                && m.methodName().equalsString(method)
                && m.code().isPresent()) {
              done = true;
              builder.withMethod(
                  m.methodName(), m.methodType(), m.flags().flagsMask(), b -> b.withCode(body));
            } else {
              builder.with(element);
            }
          };
      return classes.transformClass(classes.parse(shipped), replace);
    }
  }

  private static void met(CodeBuilder code) {
    code.ldc("Mutant")
        .ldc("Skipped.")
        .iconst_0()
        .anewarray(UUIDS)
        .invokestatic(
            VERDICT,
            "met",
            MethodTypeDesc.of(
                VERDICT,
                ClassDesc.of("java.lang.String"),
                ClassDesc.of("java.lang.String"),
                UUIDS.arrayType()))
        .areturn();
  }

  private static void nothing(CodeBuilder code) {
    code.invokestatic(OPTIONAL, "empty", MethodTypeDesc.of(OPTIONAL)).areturn();
  }

  static Stream<Arguments> mutants() {
    return Stream.of(
        mutant("nobody has to approve", "promotion.ApprovedByOthers", "judge", MutantTests::met),
        mutant(
            "no integration tests", "promotion.IntegrationTestsPassed", "judge", MutantTests::met),
        mutant("no proof of a drain", "promotion.TrafficDrained", "judge", MutantTests::met),
        mutant(
            "back to what cannot answer",
            "promotion.PreviousProductionServes",
            "judge",
            MutantTests::met),
        mutant("approvals outlive changes", "promotion.Approval", "lapse", MutantTests::nothing),
        mutant(
            "failures contradict nothing",
            "promotion.Contradictions",
            "first",
            MutantTests::nothing),
        mutant("one pair of eyes", "promotion.Reviewer", "involvement", MutantTests::nothing),
        mutant(
            "everything overridden",
            "emergency.OverrideTransition",
            "requireOverridable",
            CodeBuilder::return_),
        mutant(
            "a dry run that never completes",
            "promotion.PromoteVersion",
            "preview",
            code -> code.aload(1).areturn()));
  }

  private static Arguments mutant(
      String name, String type, String method, Consumer<CodeBuilder> body) {
    return Arguments.of(name, new Mutant(type, method, body));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("mutants")
  void it_is_found(String name, Mutant mutant) throws ReflectiveOperationException {
    Method explore =
        mutant.loadClass(HERE + "ExplorationTests").getDeclaredMethod("violationInEmergencies");
    explore.setAccessible(true);
    assertThat((String) explore.invoke(null)).as(name).isNotEmpty();
    assertThat(mutant.done).as("the method is there").isTrue();
  }
}
