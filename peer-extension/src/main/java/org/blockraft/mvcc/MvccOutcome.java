package org.blockraft.mvcc;

import java.util.List;
import org.blockraft.state.StateUpdates;

/**
 * What a block does to the state.
 *
 * @param flags the final {@code TxValidationCode} of every transaction
 * @param publicAndHashed changes of public keys and of hashes of private ones
 * @param privateUpdates changes of private keys for which the write sets were at hand
 * @param updatesBytes Fabric's deterministic bytes of the public and hashed changes, a part of the
 *     commit hash
 * @param purges private keys to wipe from the history, in no particular order
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares outcomes
public record MvccOutcome(
    byte[] flags,
    StateUpdates publicAndHashed,
    StateUpdates privateUpdates,
    byte[] updatesBytes,
    List<PurgedKey> purges) {}
