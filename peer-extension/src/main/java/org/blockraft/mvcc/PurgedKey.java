package org.blockraft.mvcc;

import org.blockraft.state.Version;

/**
 * A private key that a valid transaction purges, history included.
 *
 * @param keyHash SHA-256 of the key
 * @param version the purging transaction's height
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares purges
public record PurgedKey(String namespace, String collection, byte[] keyHash, Version version) {}
