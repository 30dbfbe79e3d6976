package org.blockraft.ledger;

/** A valid transaction's wish that a private key be forgotten, in this and all earlier blocks. */
@SuppressWarnings("ArrayRecordComponent") // nobody compares markers
record PurgeMarker(int tx, String namespace, String collection, byte[] keyHash) {}
