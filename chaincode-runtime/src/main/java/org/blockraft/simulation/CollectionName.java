package org.blockraft.simulation;

/**
 * A private data collection.
 *
 * @param namespace name of the chaincode
 * @param collection name of the collection in it
 */
public record CollectionName(String namespace, String collection) {}
