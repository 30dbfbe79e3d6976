package org.blockraft.lifecycle;

import org.hyperledger.fabric.protos.peer.lifecycle.ChaincodeSource;

/** A definition as this organization approved it, and where its package is to be found. */
record ApprovedDefinition(ChaincodeDefinition definition, String packageId) {

  ChaincodeSource source() {
    return packageId.isEmpty()
        ? ChaincodeSource.newBuilder()
            .setUnavailable(ChaincodeSource.Unavailable.getDefaultInstance())
            .build()
        : ChaincodeSource.newBuilder()
            .setLocalPackage(ChaincodeSource.Local.newBuilder().setPackageId(packageId))
            .build();
  }
}
