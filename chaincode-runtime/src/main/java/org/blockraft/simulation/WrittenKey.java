package org.blockraft.simulation;

import java.util.Map;

/**
 * A key that the simulation wrote (value, metadata or both), with the metadata that is committed
 * for it: the key's own endorsement policy is in there.
 *
 * @param namespace name of the chaincode
 * @param collection name of the collection, empty for public state
 * @param key the plaintext key
 * @param metadata committed metadata by name, empty if there is none
 */
public record WrittenKey(
    String namespace, String collection, String key, Map<String, byte[]> metadata) {}
