package ai.matih.ml.serving.engine.onnx;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxTensorLike;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.charset.StandardCharsets;

/**
 * Tensors of text in UTF-8. ONNX Runtime's own Java binding hands texts over as JNI writes them,
 * which is another encoding for characters above U+FFFF and for U+0000: a category that has one (an
 * emoji) would never be recognized. Such texts are written through the C interface.
 */
@SuppressWarnings("restricted") // the C interface is what this is about
final class TextTensors {

  /** Place of {@code GetResizedStringTensorElementBuffer} in OrtApi, which only ever grows. */
  private static final int STRING_BUFFER = 252;

  private static final int API_VERSION = 15;
  private static final VarHandle HANDLE = handle();
  private static final MethodHandle BUFFER = buffer();

  private TextTensors() {}

  /** The texts in row order as a tensor of {@code [rows, columns]}. */
  static OnnxTensor of(OrtEnvironment environment, String[] texts, long rows, long columns)
      throws OrtException {
    OnnxTensor tensor = OnnxTensor.createTensor(environment, texts, new long[] {rows, columns});
    for (int i = 0; i < texts.length; i++) {
      if (isWrittenOtherwise(texts[i])) {
        write(tensor, i, texts[i]);
      }
    }
    return tensor;
  }

  private static boolean isWrittenOtherwise(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == 0 || Character.isSurrogate(c)) {
        return true;
      }
    }
    return false;
  }

  private static void write(OnnxTensor tensor, int index, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment place = arena.allocate(ADDRESS);
      MemorySegment status =
          (MemorySegment)
              BUFFER.invokeExact(
                  MemorySegment.ofAddress((long) HANDLE.get(tensor)),
                  (long) index,
                  (long) bytes.length,
                  place);
      if (status.address() != 0) {
        throw new IllegalStateException("ONNX Runtime gave no place for a text");
      }
      MemorySegment.copy(
          bytes, 0, place.get(ADDRESS, 0).reinterpret(bytes.length), JAVA_BYTE, 0, bytes.length);
    } catch (RuntimeException | Error e) {
      tensor.close();
      throw e;
    } catch (Throwable e) {
      tensor.close();
      throw new IllegalStateException(e);
    }
  }

  private static VarHandle handle() {
    try {
      return MethodHandles.privateLookupIn(OnnxTensorLike.class, MethodHandles.lookup())
          .findVarHandle(OnnxTensorLike.class, "nativeHandle", long.class);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  private static MethodHandle buffer() {
    Linker linker = Linker.nativeLinker();
    try {
      MemorySegment base =
          (MemorySegment)
              linker
                  .downcallHandle(
                      SymbolLookup.loaderLookup().find("OrtGetApiBase").orElseThrow(),
                      FunctionDescriptor.of(ADDRESS))
                  .invokeExact();
      MemorySegment getApi = base.reinterpret(ADDRESS.byteSize()).get(ADDRESS, 0);
      MemorySegment api =
          (MemorySegment)
              linker
                  .downcallHandle(getApi, FunctionDescriptor.of(ADDRESS, JAVA_INT))
                  .invokeExact(API_VERSION);
      return linker.downcallHandle(
          api.reinterpret((STRING_BUFFER + 1) * ADDRESS.byteSize())
              .getAtIndex(ADDRESS, STRING_BUFFER),
          FunctionDescriptor.of(ADDRESS, ADDRESS, JAVA_LONG, JAVA_LONG, ADDRESS));
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }
}
