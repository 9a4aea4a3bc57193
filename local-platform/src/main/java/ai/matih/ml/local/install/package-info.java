/**
 * Things that are put on the machine once and used many times: unpacked programs and the Python
 * environment. Whatever is interrupted here leaves nothing that a later run would take for
 * finished.
 */
@NullMarked
package ai.matih.ml.local.install;

import org.jspecify.annotations.NullMarked;
