package org.blockraft.identity;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.hyperledger.fabric.protos.msp.FabricCryptoConfig;
import org.hyperledger.fabric.protos.msp.FabricMSPConfig;
import org.hyperledger.fabric.protos.msp.FabricNodeOUs;
import org.hyperledger.fabric.protos.msp.FabricOUIdentifier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads an MSP directory into an MSP configuration.
 *
 * <p>Fabric: msp/configbuilder.go.
 */
final class MspDirectory {
  private static final Logger LOG = LoggerFactory.getLogger(MspDirectory.class);
  private static final Set<String> TRUE_WORDS = Set.of("true", "yes", "on", "y");

  private final Path directory;

  MspDirectory(Path directory) {
    this.directory = directory;
  }

  /** The first signing certificate. */
  ByteString signingCertificate() {
    Path signing = directory.resolve("signcerts");
    if (!Files.exists(signing)) {
      throw new IdentityException(
          "could not load a valid signer certificate from directory "
              + signing
              + ": "
              + missing(signing));
    }
    List<ByteString> certificates = pems("signcerts");
    if (certificates.isEmpty()) {
      throw new IdentityException("no signing certificate found in directory " + signing);
    }
    return certificates.getFirst();
  }

  Path keystore() {
    return directory.resolve("keystore");
  }

  /** Everything but the signing identity. */
  FabricMSPConfig read(String mspId) {
    Path authorities = directory.resolve("cacerts");
    if (!Files.exists(authorities)) {
      throw new IdentityException(
          "could not load a valid ca certificate from directory "
              + authorities
              + ": "
              + missing(authorities));
    }
    List<ByteString> roots = pems("cacerts");
    if (roots.isEmpty()) {
      throw new IdentityException("no ca certificate found in directory " + authorities);
    }
    List<ByteString> tlsRoots = pems("tlscacerts");
    FabricMSPConfig.Builder config =
        FabricMSPConfig.newBuilder()
            .setName(mspId)
            .addAllRootCerts(roots)
            .addAllAdmins(pems("admincerts"))
            .addAllIntermediateCerts(pems("intermediatecerts"))
            .addAllTlsRootCerts(tlsRoots)
            .addAllRevocationList(pems("crls"))
            .setCryptoConfig(
                FabricCryptoConfig.newBuilder()
                    .setSignatureHashFamily("SHA2")
                    .setIdentityIdentifierHashFunction("SHA256"));
    if (!tlsRoots.isEmpty()) {
      config.addAllTlsIntermediateCerts(pems("tlsintermediatecerts"));
    }
    Path file = directory.resolve("config.yaml");
    if (Files.exists(file)) {
      addUnits(file, config);
    }
    return config.build();
  }

  private void addUnits(Path file, FabricMSPConfig.Builder config) {
    JsonNode yaml;
    try {
      yaml = new YAMLMapper().readTree(file.toFile());
    } catch (IOException e) {
      throw new IdentityException(
          "failed unmarshalling configuration file at [" + file + "]: " + e.getMessage());
    }
    for (JsonNode unit : yaml.path("OrganizationalUnitIdentifiers")) {
      Path certificate = directory.resolve(unit.path("Certificate").asText());
      try {
        config.addOrganizationalUnitIdentifiers(
            FabricOUIdentifier.newBuilder()
                .setCertificate(ByteString.copyFrom(Files.readAllBytes(certificate)))
                .setOrganizationalUnitIdentifier(name(unit)));
      } catch (IOException e) {
        throw new IdentityException(
            "failed loading OrganizationalUnit certificate at ["
                + certificate
                + "]: could not read file "
                + certificate);
      }
    }
    JsonNode nodes = yaml.path("NodeOUs");
    if (TRUE_WORDS.contains(nodes.path("Enable").asText().toLowerCase(Locale.ROOT))) {
      FabricNodeOUs.Builder units = FabricNodeOUs.newBuilder().setEnable(true);
      FabricOUIdentifier client = unit(nodes.path("ClientOUIdentifier"));
      FabricOUIdentifier peer = unit(nodes.path("PeerOUIdentifier"));
      FabricOUIdentifier admin = unit(nodes.path("AdminOUIdentifier"));
      FabricOUIdentifier orderer = unit(nodes.path("OrdererOUIdentifier"));
      if (client != null) {
        units.setClientOuIdentifier(client);
      }
      if (peer != null) {
        units.setPeerOuIdentifier(peer);
      }
      if (admin != null) {
        units.setAdminOuIdentifier(admin);
      }
      if (orderer != null) {
        units.setOrdererOuIdentifier(orderer);
      }
      config.setFabricNodeOus(units);
    }
  }

  /** The unit of one role, or null if it is not configured. */
  private FabricOUIdentifier unit(JsonNode node) {
    if (name(node).isEmpty()) {
      return null;
    }
    FabricOUIdentifier.Builder unit =
        FabricOUIdentifier.newBuilder().setOrganizationalUnitIdentifier(name(node));
    String certificate = node.path("Certificate").asText("");
    if (!certificate.isEmpty()) {
      Path file = directory.resolve(certificate);
      try {
        unit.setCertificate(ByteString.copyFrom(Files.readAllBytes(file)));
      } catch (IOException e) {
        LOG.warn("Failed loading {} certificate at [{}]", name(node), file, e);
      }
    }
    return unit.build();
  }

  private static String name(JsonNode unit) {
    return unit.path("OrganizationalUnitIdentifier").asText("");
  }

  /** The contents of all files of a folder with a PEM block in them, by name. */
  private List<ByteString> pems(String folder) {
    List<ByteString> found = new ArrayList<>();
    for (Path file : files(directory.resolve(folder))) {
      try {
        byte[] contents = Files.readAllBytes(file);
        if (Pem.decode(contents) == null) {
          LOG.warn("Failed reading file {}: no pem content for file {}", file, file);
        } else {
          found.add(ByteString.copyFrom(contents));
        }
      } catch (IOException e) {
        LOG.warn("Failed reading file {}", file, e);
      }
    }
    return found;
  }

  /** The files of a folder, by name; none if there is no such folder. */
  static List<Path> files(Path folder) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(folder)) {
      return entries
          .filter(Files::isRegularFile)
          .sorted(Comparator.comparing(file -> file.getFileName().toString()))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException("could not read directory " + folder, e);
    }
  }

  private static String missing(Path path) {
    return "stat " + path + ": no such file or directory";
  }
}
