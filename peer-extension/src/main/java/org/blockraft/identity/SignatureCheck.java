package org.blockraft.identity;

import com.google.protobuf.ByteString;

/** One signature to be verified in a batch. */
public record SignatureCheck(VerificationKey key, ByteString message, ByteString signature) {}
