package org.blockraft.chaincode;

/**
 * What the committed definition and this organization's approval say about a chaincode on a
 * channel. Immutable.
 *
 * @param version the version of the committed definition
 * @param enforceInit whether the first invocation of a version must be an init
 * @param chaincodeId the package id under which the chaincode is built and registers
 * @param endorsementPlugin the name of the endorsement plugin
 */
public record EndorsementInfo(
    String version, boolean enforceInit, String chaincodeId, String endorsementPlugin) {}
