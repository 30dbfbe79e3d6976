package org.blockraft.validate;

import com.google.protobuf.ByteString;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;

/**
 * A transaction's channel header and signature header.
 *
 * @param channelHeaderParsed false if there is none or it is malformed; its parts are then empty
 * @param signatureHeaderParsed false if there is none or it is malformed
 * @param channelHeader the serialized channel header
 * @param extension a serialized {@code ChaincodeHeaderExtension}
 * @param epoch unsigned
 */
record TransactionHeader(
    boolean channelHeaderParsed,
    boolean signatureHeaderParsed,
    ByteString channelHeader,
    int type,
    String channelId,
    String txId,
    long epoch,
    Optional<Instant> timestamp,
    ByteString extension,
    ByteString creator,
    ByteString nonce) {

  static final TransactionHeader NONE =
      new TransactionHeader(
          false,
          false,
          ByteString.EMPTY,
          0,
          "",
          "",
          0,
          Optional.empty(),
          ByteString.EMPTY,
          ByteString.EMPTY,
          ByteString.EMPTY);

  /** Collects the parts; a header that occurs twice is merged, as protobuf demands. */
  static final class Builder {
    private final byte[] bytes;
    private ByteString channelHeader = ByteString.EMPTY;
    private int channelFrom;
    private int channelTo;
    private int signatureFrom;
    private int signatureTo;
    private int type;
    private String channelId = "";
    private String txId = "";
    private long epoch;
    private boolean hasTimestamp;
    private long seconds;
    private int nanos;
    private ByteString extension = ByteString.EMPTY;

    Builder(byte[] bytes) {
      this.bytes = bytes;
    }

    void merge(WireReader reader) {
      while (reader.next()) {
        switch (reader.field(WireReader.BYTES)) {
          case 1 -> {
            channelHeader = reader.shared();
            channelFrom = reader.from();
            channelTo = reader.to();
          }
          case 2 -> {
            reader.extent();
            signatureFrom = reader.from();
            signatureTo = reader.to();
          }
          default -> reader.skip();
        }
      }
    }

    TransactionHeader build() {
      SignatureHeader signer =
          SignatureHeader.parse(bytes, signatureFrom, signatureTo).orElse(null);
      ByteString creator = signer == null ? ByteString.EMPTY : signer.creator();
      ByteString nonce = signer == null ? ByteString.EMPTY : signer.nonce();
      try {
        parseChannelHeader(new WireReader(bytes, channelFrom, channelTo));
      } catch (MalformedMessageException e) {
        return new TransactionHeader(
            false,
            signer != null,
            channelHeader,
            0,
            "",
            "",
            0,
            Optional.empty(),
            ByteString.EMPTY,
            creator,
            nonce);
      }
      return new TransactionHeader(
          true,
          signer != null,
          channelHeader,
          type,
          channelId,
          txId,
          epoch,
          instant(),
          extension,
          creator,
          nonce);
    }

    private void parseChannelHeader(WireReader reader) {
      while (reader.next()) {
        if (reader.wireType() == WireReader.VARINT) {
          switch (reader.number()) {
            case 1 -> type = (int) reader.varint();
            case 6 -> epoch = reader.varint();
            default -> reader.skip();
          }
          continue;
        }
        switch (reader.field(WireReader.BYTES)) {
          case 3 -> {
            hasTimestamp = true;
            parseTimestamp(reader.message());
          }
          case 4 -> channelId = reader.string();
          case 5 -> txId = reader.string();
          case 7 -> extension = reader.shared();
          default -> reader.skip();
        }
      }
    }

    private void parseTimestamp(WireReader reader) {
      while (reader.next()) {
        switch (reader.field(WireReader.VARINT)) {
          case 1 -> seconds = reader.varint();
          case 2 -> nanos = (int) reader.varint();
          default -> reader.skip();
        }
      }
    }

    private Optional<Instant> instant() {
      if (!hasTimestamp) {
        return Optional.empty();
      }
      try {
        return Optional.of(Instant.ofEpochSecond(seconds, nanos));
      } catch (DateTimeException | ArithmeticException e) {
        return Optional.empty();
      }
    }
  }
}
