package org.blockraft.chaincode;

/**
 * What the package store knows of one installed chaincode package. Immutable.
 *
 * @param packageId {@code label:hex(SHA-256 of the package file)}
 * @param label the label from the package metadata
 * @param type the chaincode type from the package metadata ("golang", "ccaas", ...); empty if the
 *     file could not be read
 * @param path the code path from the package metadata; may be empty
 */
public record InstalledPackage(String packageId, String label, String type, String path) {}
