package org.blockraft.chaincode;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The builder of chaincode that runs as a service, built in: it takes packages of type ccaas, fills
 * the templates in their connection.json and hands that to the peer, which then dials the
 * chaincode. It does what the three programs beside a stock peer do. Safe for use by many threads.
 * Fabric: ccaas_builder/cmd.
 */
final class ServiceBuilder implements Builder {
  private static final Logger log =
      LoggerFactory.getLogger("chaincode.externalbuilder.ccaas_builder");
  private static final String CONNECTION_FILE = "connection.json";
  private static final String META_INF = "META-INF";
  private static final String FAILED_PROGRAM = "exit status 1"; // all that stock's peer sees

  private final String name;
  private final String templateJson;

  /**
   * A builder.
   *
   * @param name the name kept with each build
   * @param templateJson the JSON object that fills templates; null or empty for none
   */
  ServiceBuilder(String name, String templateJson) {
    this.name = name;
    this.templateJson = templateJson == null ? "" : templateJson;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public boolean detects(BuildContext context) {
    try {
      requireServiceType(context);
      return true;
    } catch (IOException | ChaincodeException e) {
      log.debug("builder '{}' detect failed: {}", name, e.getMessage());
      return false;
    }
  }

  @Override
  public void build(BuildContext context) {
    try {
      requireServiceType(context);
      SourceTree.copy(context.metadata(), context.output());
      Path metaInf = context.source().resolve(META_INF);
      if (Files.exists(metaInf)) {
        SourceTree.copy(metaInf, context.output().resolve(META_INF));
      }
      Path connection = context.source().resolve(CONNECTION_FILE);
      if (!Files.exists(connection)) {
        throw new ChaincodeException(connection + " not found ");
      }
      Files.write(
          context.output().resolve(CONNECTION_FILE), filled(Files.readAllBytes(connection)));
    } catch (IOException | ChaincodeException e) {
      log.info("::Error: {}", e.getMessage());
      throw new ChaincodeException("external builder '" + name + "' failed: " + FAILED_PROGRAM, e);
    }
  }

  @Override
  public void release(BuildContext context) {
    try {
      Path indexes = context.output().resolve(META_INF).resolve("statedb");
      if (Files.exists(indexes)) {
        SourceTree.copy(indexes, context.release().resolve("statedb"));
      }
      Path server = Files.createDirectories(context.release().resolve("chaincode/server"));
      Files.copy(context.output().resolve(CONNECTION_FILE), server.resolve(CONNECTION_FILE));
    } catch (IOException | ChaincodeException e) {
      log.info("::Error: {}", e.getMessage());
      throw new ChaincodeException("builder '" + name + "' release failed: " + FAILED_PROGRAM, e);
    }
  }

  @Override
  public BuilderProcess run(String packageId, Path output, PeerConnection connection) {
    throw new ChaincodeException(
        "builder '" + name + "' run failed to start: chaincode as a service is dialed, not run");
  }

  private static void requireServiceType(BuildContext context) throws IOException {
    byte[] metadata = Files.readAllBytes(context.metadata().resolve("metadata.json"));
    String type = Json.text(Json.object(metadata), "type");
    if (!type.equalsIgnoreCase("ccaas")) {
      throw new ChaincodeException("chaincode type should be ccaas, it is " + type);
    }
  }

  private byte[] filled(byte[] connection) {
    JsonNode given = Json.object(connection);
    GoTemplate templates =
        new GoTemplate(
            templateJson.isEmpty()
                ? null
                : Json.object(templateJson.getBytes(StandardCharsets.UTF_8)));
    boolean tls = Json.flag(given, "tls_required");
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("address", templates.fill(Json.text(given, "address")));
    result.put("dial_timeout", templates.fill(Json.text(given, "dial_timeout")));
    result.put("tls_required", tls);
    result.put("client_auth_required", tls && Json.flag(given, "client_auth_required"));
    for (String pem : new String[] {"root_cert", "client_key", "client_cert"}) {
      result.put(pem, tls ? templates.fill(Json.text(given, pem)) : "");
    }
    return Json.bytes(result);
  }
}
