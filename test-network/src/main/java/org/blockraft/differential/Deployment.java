package org.blockraft.differential;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import org.hyperledger.fabric.protos.peer.CollectionConfigPackage;
import org.hyperledger.fabric.protos.peer.lifecycle.ApproveChaincodeDefinitionForMyOrgArgs;
import org.hyperledger.fabric.protos.peer.lifecycle.ChaincodeSource;
import org.hyperledger.fabric.protos.peer.lifecycle.CommitChaincodeDefinitionArgs;
import org.hyperledger.fabric.protos.peer.lifecycle.InstallChaincodeArgs;

/**
 * A chaincode definition and how it gets onto the channel.
 *
 * @param policy a serialized ApplicationPolicy; empty for the channel's default
 */
record Deployment(
    String name,
    String version,
    long sequence,
    String label,
    boolean initRequired,
    ByteString policy,
    CollectionConfigPackage collections) {

  Deployment next(String newVersion, String newLabel, ByteString newPolicy) {
    return new Deployment(
        name, newVersion, sequence + 1, newLabel, initRequired, newPolicy, collections);
  }

  static Draft install(Party admin, String label) {
    return lifecycle(
        admin,
        "",
        "InstallChaincode",
        InstallChaincodeArgs.newBuilder()
            .setChaincodeInstallPackage(ProbePackages.file(label).content())
            .build());
  }

  Draft approve(Party admin, String channelId) {
    return lifecycle(
        admin,
        channelId,
        "ApproveChaincodeDefinitionForMyOrg",
        ApproveChaincodeDefinitionForMyOrgArgs.newBuilder()
            .setName(name)
            .setVersion(version)
            .setSequence(sequence)
            .setInitRequired(initRequired)
            .setValidationParameter(policy)
            .setCollections(collections)
            .setSource(
                ChaincodeSource.newBuilder()
                    .setLocalPackage(
                        ChaincodeSource.Local.newBuilder()
                            .setPackageId(ProbePackages.file(label).id())))
            .build());
  }

  Draft commit(Party admin, String channelId) {
    return lifecycle(
        admin,
        channelId,
        "CommitChaincodeDefinition",
        CommitChaincodeDefinitionArgs.newBuilder()
            .setName(name)
            .setVersion(version)
            .setSequence(sequence)
            .setInitRequired(initRequired)
            .setValidationParameter(policy)
            .setCollections(collections)
            .build());
  }

  static Draft lifecycle(Party party, String channelId, String function, Message args) {
    return new ProposalBuilder(party, channelId, "_lifecycle").args(function).arg(args).build();
  }
}
