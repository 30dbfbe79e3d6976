package org.blockraft.testnet;

import com.google.protobuf.ByteString;
import java.nio.file.Path;
import java.util.List;
import org.hyperledger.fabric.protos.msp.FabricCryptoConfig;
import org.hyperledger.fabric.protos.msp.FabricMSPConfig;
import org.hyperledger.fabric.protos.msp.FabricNodeOUs;
import org.hyperledger.fabric.protos.msp.FabricOUIdentifier;
import org.hyperledger.fabric.protos.msp.MSPConfig;

/** The public side of an organization's MSP folder, as it stands in a channel's configuration. */
final class MspFolder {
  private MspFolder() {}

  static MSPConfig read(Path msp, String mspId) {
    List<ByteString> roots = ChannelGenesis.pemFiles(msp.resolve("cacerts"));
    FabricMSPConfig config =
        FabricMSPConfig.newBuilder()
            .setName(mspId)
            .addAllRootCerts(roots)
            .addAllIntermediateCerts(ChannelGenesis.pemFiles(msp.resolve("intermediatecerts")))
            .addAllAdmins(ChannelGenesis.pemFiles(msp.resolve("admincerts")))
            .addAllTlsRootCerts(ChannelGenesis.pemFiles(msp.resolve("tlscacerts")))
            .setCryptoConfig(
                FabricCryptoConfig.newBuilder()
                    .setSignatureHashFamily("SHA2")
                    .setIdentityIdentifierHashFunction("SHA256"))
            .setFabricNodeOus(
                FabricNodeOUs.newBuilder()
                    .setEnable(true)
                    .setClientOuIdentifier(unit(roots.getFirst(), "client"))
                    .setPeerOuIdentifier(unit(roots.getFirst(), "peer"))
                    .setAdminOuIdentifier(unit(roots.getFirst(), "admin"))
                    .setOrdererOuIdentifier(unit(roots.getFirst(), "orderer")))
            .build();
    return MSPConfig.newBuilder().setConfig(config.toByteString()).build();
  }

  private static FabricOUIdentifier unit(ByteString certificate, String name) {
    return FabricOUIdentifier.newBuilder()
        .setCertificate(certificate)
        .setOrganizationalUnitIdentifier(name)
        .build();
  }
}
