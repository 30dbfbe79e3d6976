package org.blockraft.lifecycle;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import java.util.function.Function;
import org.blockraft.chaincode.ChaincodeException;
import org.blockraft.chaincode.InstalledPackage;
import org.blockraft.chaincode.PackageStore;
import org.hyperledger.fabric.protos.peer.lifecycle.GetInstalledChaincodePackageArgs;
import org.hyperledger.fabric.protos.peer.lifecycle.GetInstalledChaincodePackageResult;
import org.hyperledger.fabric.protos.peer.lifecycle.InstallChaincodeArgs;
import org.hyperledger.fabric.protos.peer.lifecycle.InstallChaincodeResult;
import org.hyperledger.fabric.protos.peer.lifecycle.QueryInstalledChaincodeArgs;
import org.hyperledger.fabric.protos.peer.lifecycle.QueryInstalledChaincodeResult;
import org.hyperledger.fabric.protos.peer.lifecycle.QueryInstalledChaincodesResult;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The lifecycle's functions on packages; they concern this peer and no channel. */
final class InstalledPackages {
  private static final Logger LOG = LoggerFactory.getLogger("lifecycle");

  private final PackageStore store;
  private final Function<ByteString, InstalledPackage> install;
  private final DefinitionCache cache;

  InstalledPackages(
      PackageStore store, Function<ByteString, InstalledPackage> install, DefinitionCache cache) {
    this.store = store;
    this.install = install;
    this.cache = cache;
  }

  Message install(InstallChaincodeArgs args) {
    InstalledPackage installed = install.apply(args.getChaincodeInstallPackage());
    cache.installed(installed.packageId(), installed.label());
    LOG.info("Successfully installed chaincode with package ID '{}'", installed.packageId());
    return InstallChaincodeResult.newBuilder()
        .setLabel(installed.label())
        .setPackageId(installed.packageId())
        .build();
  }

  Message get(GetInstalledChaincodePackageArgs args) {
    try {
      return GetInstalledChaincodePackageResult.newBuilder()
          .setChaincodeInstallPackage(store.require(args.getPackageId()))
          .build();
    } catch (ChaincodeException e) {
      throw LifecycleException.wrap(e, "could not load cc install package");
    }
  }

  Message query(QueryInstalledChaincodeArgs args) {
    InstalledChaincode installed = cache.installedChaincode(args.getPackageId());
    QueryInstalledChaincodeResult.Builder result =
        QueryInstalledChaincodeResult.newBuilder()
            .setLabel(installed.label())
            .setPackageId(installed.packageId());
    installed
        .references()
        .forEach(
            (channel, chaincodes) -> {
              var references = QueryInstalledChaincodeResult.References.newBuilder();
              chaincodes.forEach(
                  chaincode ->
                      references
                          .addChaincodesBuilder()
                          .setName(chaincode.name())
                          .setVersion(chaincode.version()));
              result.putReferences(channel, references.build());
            });
    return result.build();
  }

  Message queryAll() {
    QueryInstalledChaincodesResult.Builder result = QueryInstalledChaincodesResult.newBuilder();
    for (InstalledChaincode installed : cache.installedChaincodes()) {
      var entry =
          result
              .addInstalledChaincodesBuilder()
              .setLabel(installed.label())
              .setPackageId(installed.packageId());
      installed
          .references()
          .forEach(
              (channel, chaincodes) -> {
                var references = QueryInstalledChaincodesResult.References.newBuilder();
                chaincodes.forEach(
                    chaincode ->
                        references
                            .addChaincodesBuilder()
                            .setName(chaincode.name())
                            .setVersion(chaincode.version()));
                entry.putReferences(channel, references.build());
              });
    }
    return result.build();
  }
}
