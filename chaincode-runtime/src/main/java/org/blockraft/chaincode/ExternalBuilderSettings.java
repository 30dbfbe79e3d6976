package org.blockraft.chaincode;

import java.nio.file.Path;
import java.util.List;

/**
 * One entry of core.yaml {@code chaincode.externalBuilders}. Immutable.
 *
 * @param name the builder's name, kept with each build
 * @param path the directory that holds {@code bin/detect}, {@code bin/build}, {@code bin/release},
 *     {@code bin/run}
 * @param propagateEnvironment names of environment variables its programs see, beside the four
 *     every builder sees
 */
public record ExternalBuilderSettings(String name, Path path, List<String> propagateEnvironment) {}
