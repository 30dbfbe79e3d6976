package org.blockraft.chaincode;

/**
 * Where a conversation with a chaincode stands. {@link ChaincodeStream} alone moves between the
 * states:
 *
 * <pre>
 * Created  --REGISTER, accepted-->  Established  --READY sent-->  Ready
 * Created  --REGISTER, refused -->  Created (stock leaves such a stream open and deaf)
 * any      --stream ended, or a message the state does not know-->  Ended
 * </pre>
 */
sealed interface StreamState {

  /** Open; the chaincode has not said who it is. */
  record Created() implements StreamState {}

  /** Registered under a package id; READY not sent yet. */
  record Established(String packageId) implements StreamState {}

  /** Takes transactions. */
  record Ready(String packageId) implements StreamState {}

  /** Over, for the reason given. */
  record Ended(String reason) implements StreamState {}
}
