package org.blockraft.testnet;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.List;
import org.hyperledger.fabric.client.CommitException;
import org.hyperledger.fabric.client.Contract;
import org.hyperledger.fabric.client.Gateway;
import org.hyperledger.fabric.client.GatewayException;
import org.hyperledger.fabric.protos.peer.lifecycle.ApproveChaincodeDefinitionForMyOrgArgs;
import org.hyperledger.fabric.protos.peer.lifecycle.ChaincodeSource;
import org.hyperledger.fabric.protos.peer.lifecycle.CommitChaincodeDefinitionArgs;
import org.hyperledger.fabric.protos.peer.lifecycle.InstallChaincodeArgs;
import org.hyperledger.fabric.protos.peer.lifecycle.QueryChaincodeDefinitionArgs;
import org.hyperledger.fabric.protos.peer.lifecycle.QueryChaincodeDefinitionResult;
import org.hyperledger.fabric.protos.peer.lifecycle.QueryInstalledChaincodesArgs;
import org.hyperledger.fabric.protos.peer.lifecycle.QueryInstalledChaincodesResult;

/** Deploys chaincode as an administrator does: install, approve, commit. */
final class ChaincodeDeployer {
  private static final String LIFECYCLE = "_lifecycle";

  private final String channel;

  ChaincodeDeployer(String channel) {
    this.channel = channel;
  }

  /** Installs the package unless the peer has it already; returns the package id. */
  String install(PeerClient admin, PackageFile file) {
    QueryInstalledChaincodesResult installed;
    try {
      installed =
          QueryInstalledChaincodesResult.parseFrom(
              admin
                  .callSystem(
                      LIFECYCLE,
                      "QueryInstalledChaincodes",
                      QueryInstalledChaincodesArgs.getDefaultInstance())
                  .getPayload());
    } catch (InvalidProtocolBufferException e) {
      throw new NetworkException("the peer's list of packages cannot be read");
    }
    boolean there =
        installed.getInstalledChaincodesList().stream()
            .anyMatch(c -> c.getPackageId().equals(file.id()));
    if (!there) {
      admin.callSystem(
          LIFECYCLE,
          "InstallChaincode",
          InstallChaincodeArgs.newBuilder().setChaincodeInstallPackage(file.content()).build());
    }
    return file.id();
  }

  /** The sequence number that the next definition of a chaincode must have. */
  long nextSequence(PeerClient admin, String name) {
    try (Gateway gateway = admin.gateway()) {
      byte[] result =
          lifecycle(gateway)
              .newProposal("QueryChaincodeDefinition")
              .addArguments(
                  QueryChaincodeDefinitionArgs.newBuilder().setName(name).build().toByteArray())
              .build()
              .evaluate();
      return QueryChaincodeDefinitionResult.parseFrom(result).getSequence() + 1;
    } catch (GatewayException e) {
      return 1;
    } catch (InvalidProtocolBufferException e) {
      throw new NetworkException("the definition of " + name + " cannot be read");
    }
  }

  void approve(
      PeerClient admin,
      String mspId,
      String name,
      String version,
      long sequence,
      String packageId) {
    ApproveChaincodeDefinitionForMyOrgArgs args =
        ApproveChaincodeDefinitionForMyOrgArgs.newBuilder()
            .setName(name)
            .setVersion(version)
            .setSequence(sequence)
            .setSource(
                ChaincodeSource.newBuilder()
                    .setLocalPackage(ChaincodeSource.Local.newBuilder().setPackageId(packageId)))
            .build();
    submit(admin, "ApproveChaincodeDefinitionForMyOrg", args.toByteString(), List.of(mspId));
  }

  void commit(PeerClient admin, List<String> mspIds, String name, String version, long sequence) {
    CommitChaincodeDefinitionArgs args =
        CommitChaincodeDefinitionArgs.newBuilder()
            .setName(name)
            .setVersion(version)
            .setSequence(sequence)
            .build();
    submit(admin, "CommitChaincodeDefinition", args.toByteString(), mspIds);
  }

  private void submit(PeerClient admin, String function, ByteString args, List<String> mspIds) {
    try (Gateway gateway = admin.gateway()) {
      lifecycle(gateway)
          .newProposal(function)
          .addArguments(args.toByteArray())
          .setEndorsingOrganizations(mspIds.toArray(new String[0]))
          .build()
          .endorse()
          .submit();
    } catch (GatewayException | CommitException e) {
      throw new NetworkException(function + ": " + Failures.describe(e));
    }
  }

  private Contract lifecycle(Gateway gateway) {
    return gateway.getNetwork(channel).getContract(LIFECYCLE);
  }
}
