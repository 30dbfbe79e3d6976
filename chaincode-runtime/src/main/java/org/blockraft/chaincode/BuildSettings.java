package org.blockraft.chaincode;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Settings of building chaincode. Immutable.
 *
 * @param buildsDirectory where build output is kept: {@code
 *     <fileSystemPath>/externalbuilder/builds}
 * @param builders the configured external builders, in the order they are asked
 * @param mspId the peer's MSP id, given to launched chaincode
 * @param environment the environment of this process, from which builders are given a part
 */
public record BuildSettings(
    Path buildsDirectory,
    List<ExternalBuilderSettings> builders,
    String mspId,
    Map<String, String> environment) {
  /** The variable whose JSON object fills the templates of a ccaas connection.json. */
  public static final String SERVICE_CONFIG_VARIABLE = "CHAINCODE_AS_A_SERVICE_BUILDER_CONFIG";
}
